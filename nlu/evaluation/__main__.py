"""`python -m nlu.evaluation FACTS SET…`: a table per set (by genre where rows name several) and the worst messages."""

from __future__ import annotations

import sys
from pathlib import Path

from nlu.evaluation.report import table, worst
from nlu.evaluation.rows import load_rows, types_from_vocabulary
from nlu.evaluation.scores import Score
from nlu.evaluation.scoring import score
from nlu.extractor import Extractor

USAGE = "用法: python -m nlu.evaluation FACTS SET...  (FACTS: fact vocabulary YAML; SET: labelled rows)\n"


def main(arguments: list[str]) -> int:
    if len(arguments) < 2:
        sys.stderr.write(USAGE)
        return 2
    extractor = Extractor(types_from_vocabulary(Path(arguments[0])))
    for path in map(Path, arguments[1:]):
        whole = score(path.name, load_rows(path), extractor)
        parts = [table(whole), *_by_genre(whole)]
        if whole.errors:
            parts.append("worst:\n" + worst(whole))
        sys.stdout.write("\n\n".join(parts) + "\n\n")
    return 0


def _by_genre(whole: Score) -> list[str]:
    genres = sorted({str(one.row["genre"]) for one in whole.scored if one.row.get("genre")})
    if len(genres) < 2:
        return []
    return [table(_of_genre(whole, genre)) for genre in genres]


def _of_genre(whole: Score, genre: str) -> Score:
    return whole.part(f"{whole.name} / {genre}", lambda row: row.get("genre") == genre)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
