"""The learned form of the kind and topic choice: figures and character groups of a message, weighed by a small table.

The table is trained from `training_kind/` by `nlu/kind_training.py`, starting from the hand weights of
`lexicon/kind.yml`, and kept as JSON in `models/`, named by a hash of everything it was made from.
"""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import json
import logging
import math
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from operator import add
from pathlib import Path

log = logging.getLogger(__name__)

NLU = Path(__file__).parent
MODELS = NLU / "models"
KEPT_MODELS = 2
HEAD, TAIL, END = 300, 160, 8  # characters of the body that are looked at, and how many count as the last words
LONGEST = 3  # characters of a group
KIND_EVEN, TOPIC_EVEN = (
    0.5,
    0.4,
)  # how far long places are evened out; a topic is told by few words, also in a long text
_LETTERS = re.compile(r"[A-Za-z]+[0-9]*|_x000[dD]_")
_DIGITS = re.compile(r"[0-9]+")
_BREAK = re.compile(r"[\s，,。．.;；、:：!！~～]+")  # hotline notes set off by a space what others set off by a comma
Row = tuple[float, ...]
Grams = list[tuple[float, frozenset[str]]]  # for each place what a group weighs there, and the groups


def groups(text: str, title_end: int, even: float = KIND_EVEN) -> Grams:
    """Groups of one to three characters with their place: t… in the title, b… in the body, e… in the last words.

    A comma stands for every break between clauses and before the first.

    With `even` 0.5 each place weighs the same, however long it is; with less, a long one weighs more. Names, numbers
    and spaces are made alike first; of a long body only beginning and end are looked at, so that the work is bounded.
    """
    return [(len(said) ** -even, said) for said in _by_place(text, title_end) if said]


@lru_cache(maxsize=4)  # kind and topic are told by the same groups
def _by_place(text: str, title_end: int) -> list[frozenset[str]]:
    body = text[title_end:]
    if len(body) > HEAD + TAIL:
        body = body[:HEAD] + "\n" + body[-TAIL:]
    found = []
    for place, part in (("t", text[:title_end]), ("b", body), ("e", body.rstrip("。!！ \n~～")[-END:])):
        clauses = _BREAK.sub("，", _DIGITS.sub("0", _LETTERS.sub("A", part))).strip("，")
        plain = "，" + clauses if clauses else ""
        pairs = list(map(add, plain, plain[1:]))
        said = itertools.chain(plain, pairs, map(add, pairs, plain[LONGEST - 1 :]))
        found.append(frozenset(map(place.__add__, said)))
    return found


def each_weighed(grams: Grams) -> dict[str, float]:
    """Every group with its weight."""
    return {gram: weight for weight, said in grams for gram in said}


class Table:
    """Weights of figures and groups for each choice; the highest sum wins."""

    def __init__(self, choices: Sequence[str], figures: Mapping[str, Row], grams: Mapping[str, Row]) -> None:
        self.choices = tuple(choices)
        self._figures = dict(figures)
        self._grams = dict(grams)
        if not self.choices or any(len(r) != len(self.choices) for r in [*figures.values(), *grams.values()]):
            raise ValueError("a row of the table has not one weight for each choice")

    def sums(self, figures: Mapping[str, float], grams: Grams) -> list[float]:
        """The sum of weights for each choice."""
        sums = [0.0] * len(self.choices)
        for name, value in figures.items():
            for at, weight in enumerate(self._figures.get(name, ()) if value else ()):
                sums[at] += weight * value
        for value, said in grams:
            rows = filter(None, map(self._grams.get, said))
            for at, column in enumerate(zip(*rows, strict=True)):
                sums[at] += value * math.fsum(column)  # exact: a set has no order
        return sums

    def choose(self, figures: Mapping[str, float], grams: Grams) -> str:
        """The choice with the highest sum; the first of equals."""
        sums = self.sums(figures, grams)
        return self.choices[max(range(len(sums)), key=sums.__getitem__)]

    def written(self) -> dict[str, object]:
        """What `read` takes."""
        return {"choices": self.choices, "figures": self._figures, "grams": self._grams}

    @classmethod
    def read(cls, data: Mapping[str, Mapping[str, Sequence[float]]]) -> Table:
        """A table from what `written` gave; KeyError, TypeError or ValueError where it is none."""
        rows = {part: {str(k): tuple(map(float, v)) for k, v in data[part].items()} for part in ("figures", "grams")}
        return cls([str(c) for c in data["choices"]], rows["figures"], rows["grams"])


Tables = dict[str, Table]
TABLES = ("kind", "topic", "size")


def sources() -> list[Path]:
    """Everything the model is made from."""
    code = [
        NLU / name
        for name in (
            "kind.py",
            "kind_model.py",
            "kind_training.py",
            "household_candidates.py",
            "household_choice.py",
            "household_training.py",
            "hardships.py",
            "hardship_words.py",
            "people.py",
            "scope.py",
            "status.py",
        )
    ]
    data = [sorted((NLU / folder).rglob("*.yml")) for folder in ("lexicon", "training_kind", "labelled")]
    return code + list(itertools.chain.from_iterable(data))


def model_file(folder: Path = MODELS) -> Path:
    """Where the model that fits the sources stands, or will."""
    digest = hashlib.sha256()
    for file in sources():
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return folder / f"kind-{digest.hexdigest()[:12]}.json"


@cache
def tables() -> Tables | None:
    """The model, trained first where none fits (seconds); None, said in the log, where that cannot be done."""
    try:
        return ensure_tables(MODELS)
    except Exception:  # the hand weights answer; a message is never lost to its kind
        log.exception(
            "the model of message kinds and household sizes cannot be made; hand weights of kind.yml are used"
        )
        return None


def ensure_tables(folder: Path, say: Callable[[str], None] = log.info) -> Tables:
    """The tables of the model file in `folder`; trained if absent or unreadable, kept in memory if not writable."""
    file = model_file(folder)
    if ready := _read(file):
        return ready
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _only_one(folder / ".kind.lock"):
            return _read(file) or _train(file, say)
    except OSError as error:
        log.warning(
            "the model of message kinds cannot be kept in %s (%s); it is made anew at each start", folder, error
        )
        return _train(None, say)


def _train(file: Path | None, say: Callable[[str], None]) -> Tables:
    from nlu import household_training, kind_training  # they need this module

    say("Training the kinds of message and the sizes of households (some seconds) …")
    made = {**kind_training.train(), TABLES[-1]: household_training.train()}
    if file is not None:
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps({n: t.written() for n, t in made.items()}, ensure_ascii=False), encoding="utf-8")
        fresh.replace(file)
        for old in sorted(file.parent.glob("kind-*.json"), key=lambda f: f.stat().st_mtime, reverse=True)[KEPT_MODELS:]:
            old.unlink(missing_ok=True)
    return made


def _read(file: Path) -> Tables | None:
    if not file.is_file():
        return None
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        return {name: Table.read(data[name]) for name in TABLES}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("%s is not readable (%s); it is made anew", file.name, error)
        return None


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
