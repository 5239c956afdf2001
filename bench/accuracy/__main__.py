"""`make eval` = `python -m bench.accuracy`: how well messages are understood, beside other ways of reading them.

make eval                                     every set, every comparison
make eval ARGS="chat heldout/first"           these alone; also a group (tuned, "held out", petitions, probes), a file
make eval ARGS="mine.yml --only-ours"         without the comparisons
make eval ARGS="--json"                       one JSON object instead of tables
make eval ARGS="--record 0.2.0 --write-docs"  a line of history, and the comparison in the documents
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import date

from bench.accuracy import documents, measure, output, readers, sets, tables
from bench.accuracy.learned import cross_validated
from nlu.evaluation.report import WORST, table, worst


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    begun = time.perf_counter()
    try:
        chosen = sets.chosen(options.sets) if options.sets else list(sets.every_set())
    except sets.UnknownSet as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if options.cross_validate:
        _cross_validate(options.cross_validate, chosen, options.worst)
        return 0
    without = frozenset(way.name for way in readers.WAYS) if options.only_ours else frozenset(options.without)
    commit, day = documents.commit_here(), date.today()  # noqa: DTZ011 (the day on the calendar of whoever measures)
    run = measure.run(chosen, without, _tell)
    if options.json:
        print(json.dumps(output.as_json(run, commit, day.isoformat(), options.worst), ensure_ascii=False))
    else:
        for part in tables.report(run, options.worst):
            print(part + "\n", flush=True)
    if options.write_docs:
        documents.write_comparison(run, commit, day)
    if options.record:
        documents.record(run, options.record, commit, day)
    _tell(f"done in {time.perf_counter() - begun:.0f} s")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make eval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [way.name for way in readers.WAYS]
    parser.add_argument("sets", nargs="*", metavar="SET", help="a set, a group of sets or a file of rows; default: all")
    parser.add_argument("--only-ours", action="store_true", help="no comparisons")
    parser.add_argument("--without", action="append", default=[], choices=names, help="leave out this comparison")
    parser.add_argument("--worst", type=int, default=WORST, help="messages with most errors shown of each set")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--record", metavar="RELEASE", help="append a line to the history in docs/accuracy.md")
    parser.add_argument(
        "--write-docs", action="store_true", help="write the comparison into README and docs/accuracy.md"
    )
    parser.add_argument(
        "--cross-validate", metavar="MODULE:FUNCTION", help="score a learned part on rows that it did not see"
    )
    return parser.parse_args(arguments)


def _cross_validate(function: str, chosen: list[sets.LabelledSet], worst_count: int) -> None:
    score = cross_validated(function, [row for one in chosen for row in one.rows])
    print(table(score))
    print("\n" + worst(score, worst_count))


def _tell(line: str) -> None:
    print(f"[eval] {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
