"""Which labelled sets there are: tuned and held-out ones of the repository, real messages where their folder is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from nlu.evaluation import Row, load_rows
from nlu.lexicon_files import read_yaml

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "tests" / "nlu" / "data"
LABELLED = ROOT / "nlu" / "labelled"
SHARED = ROOT.parent / "shared" / "data"  # beside the checkout on machines that have it
REAL = {"petitions": "dev_labelled.jsonl"}
APART = Path(__file__).parent / "petition_labels"  # labels by id of real messages, whose texts are not ours to keep
TEXTS = "unlabelled.jsonl"
PROBES = ("probes_money.jsonl", "probes_money2.jsonl", "probes_name.jsonl", "probes_pii.jsonl", "probes_place.jsonl")

GENRES = ("chat", "operator", "voice", "answer", "hostile", "petition")
TUNED, LEARNED, HELD_OUT, PETITIONS, PROBE, GIVEN = "tuned", "learned", "held out", "petitions", "probes", "given"
UNREAD = "petitions held out"
MEANING = {
    TUNED: "sets of the repository that the reading was tuned on: they show what must not be lost, not accuracy",
    LEARNED: "messages that the tables are learned from: they show what is remembered, not accuracy",
    HELD_OUT: "sets of the repository that nobody tunes on",
    UNREAD: "real petition-board messages, labelled by readers of their own; nobody mends a word by them",
    PETITIONS: "real petition-board messages, labelled; read while developing, not in the repository",
    PROBE: "single expressions of money, names, numbers and places, not in the repository",
    GIVEN: "files named on the command line",
}
_SPELLED = {"answers": "answer", "petitions": "petition"}
_UNPUNCTUATED = 25  # characters from which a text without any punctuation counts as such
_PUNCTUATION = re.compile(r"[，。、；：？！,.;:?!\n]")


class UnknownSet(Exception):
    """A name on the command line is neither a set nor a file; the message lists the sets."""


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """One file of rows; `ours`: its texts belong to the repository and may be quoted in files."""

    name: str
    group: str
    rows: tuple[Row, ...]
    ours: bool


def every_set() -> Iterator[LabelledSet]:
    """All sets that this machine has; files that hold no labelled messages are passed over."""
    for path in sorted(OWN.glob("*.yml")):
        yield from _read(path, path.stem, TUNED, True)
    for path in sorted(LABELLED.glob("*.yml")):
        yield from _read(path, f"learned/{path.stem}", LEARNED, True)
    for path in sorted((OWN / "heldout").glob("*.yml")):
        yield from _read(path, f"heldout/{path.stem}", HELD_OUT, True)
    for name, file in REAL.items():
        yield from _read(SHARED / file, name, PETITIONS, False)
    yield from _joined("petitions/read", "read.jsonl", PETITIONS)
    yield from _joined("petitions/held_out", "held_out.jsonl", UNREAD)
    for file in PROBES:
        yield from _read(SHARED / file, Path(file).stem, PROBE, False)


def absent() -> list[str]:
    """Sets from beside the checkout that are not on this machine."""
    return [file for file in (*REAL.values(), TEXTS, *PROBES) if not (SHARED / file).is_file()]


def chosen(names: Iterable[str]) -> list[LabelledSet]:
    """The sets of these names or groups, and files; raises UnknownSet."""
    known = list(every_set())
    found: list[LabelledSet] = []
    for name in names:
        hits = [one for one in known if name in (one.name, one.group, one.name.rpartition("/")[2])]
        if not hits and Path(name).is_file():
            path = Path(name).resolve()
            hits = list(_read(path, path.name, GIVEN, path.is_relative_to(ROOT)))
        if not hits:
            raise UnknownSet(f"{name!r} is neither a file nor one of: {', '.join(one.name for one in known)}")
        found += [one for one in hits if one not in found]
    return found


def _read(path: Path, name: str, group: str, ours: bool) -> Iterator[LabelledSet]:
    if not path.is_file():
        return
    rows = tuple(_described(row, group) for row in load_rows(path))
    if rows:
        yield LabelledSet(name, group, rows, ours)


def _joined(name: str, labels: str, group: str) -> Iterator[LabelledSet]:
    """The rows `{id, gold}` of a file of labels with their texts, where those are on this machine."""
    if not (SHARED / TEXTS).is_file():
        return
    lines = (SHARED / TEXTS).read_text(encoding="utf-8").splitlines()
    texts = {row["id"]: str(row["text"]) for row in map(json.loads, lines)}
    labelled = [json.loads(line) for line in (APART / labels).read_text(encoding="utf-8").splitlines()]
    rows = [{**row, "text": texts[row["id"]]} for row in labelled if row["id"] in texts]
    if rows:
        yield LabelledSet(name, group, tuple(_described(row, group) for row in rows), False)


def _described(row: Row, group: str) -> Row:
    """The row with a genre and with the tags that its text and labels give."""
    genre = _SPELLED.get(str(row.get("genre")), row.get("genre"))
    tags = tags_of(row)
    if genre not in GENRES:
        tags += [genre] if genre else []  # some sets name the matter of a row there
        genre = "petition" if group in (PETITIONS, UNREAD) else "answer" if row.get("asks") else "chat"
    return {**row, "genre": genre, "tags": tags}


def tags_of(row: Row) -> list[str]:
    """The row's own tags and those seen in it, in order of the alphabet."""
    forms, ignored, beginnings = _tags()
    own = [t for t in row.get("tags") or [] if t not in ignored and not t.startswith(beginnings)]
    text = str(row["text"])
    seen = [name for name, form in forms.items() if form.search(text)]
    if any(slip in text for slip in read_yaml("typos.yml")["words"]):
        seen.append("typo")
    if len(text) >= _UNPUNCTUATED and not _PUNCTUATION.search(text):
        seen.append("no punctuation")
    seen += [name for name, says in _LABELS.items() if says(row["gold"])]
    return sorted(set(own) | set(seen))


@cache
def _tags() -> tuple[dict[str, re.Pattern[str]], frozenset[str], tuple[str, ...]]:
    data = yaml.safe_load((Path(__file__).parent / "tags.yml").read_text(encoding="utf-8"))
    forms = {name: re.compile(form) for name, form in data["forms"].items()}
    return forms, frozenset(data["ignored"]), tuple(data["ignored_beginnings"])


def _any(key: str, field: str, *values: Any) -> Callable[[Row], bool]:
    return lambda gold: any(item.get(field) in values for item in gold.get(key) or [])


_LABELS: dict[str, Callable[[Row], bool]] = {
    "negation": lambda gold: (
        _any("hardships", "status", "negated")(gold) or False in [v for v in _facts(gold) if isinstance(v, bool)]
    ),
    "hypothetical": _any("hardships", "status", "hypothetical"),
    "past": _any("hardships", "status", "past_resolved"),
    "other person": _any("hardships", "subject", "other_person", "general"),
    "vague sum": lambda gold: any(a["value"] is None for a in gold.get("amounts") or []),
    "several sums": lambda gold: len(gold.get("amounts") or []) > 1,
    "two readings": lambda gold: bool(gold.get("alt_intent")),
}


def _facts(gold: Row) -> list[Any]:
    return [*(gold.get("facts") or {}).values(), *(gold.get("answer") or {}).values()]
