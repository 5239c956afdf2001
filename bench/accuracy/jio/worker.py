"""Runs in `.venv-eval`: a text per JSON line in, JioNLP's sums of money out. Imports nothing of ours."""

import json
import sys


def main() -> None:
    import jionlp

    answer({"ready": True})
    for line in sys.stdin:
        try:
            found = jionlp.ner.extract_money(json.loads(line)["text"], with_parsing=True)
            answer({"sums": [{"span": one["offset"], "num": one["detail"]["num"]} for one in found]})
        except Exception as error:  # told as this text's failure, and the next one is read
            answer({"error": f"{type(error).__name__}: {error}"})


def answer(content: dict) -> None:
    print(json.dumps(content), flush=True)


if __name__ == "__main__":
    main()
