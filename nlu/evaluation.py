"""Scoring the extractor on labelled messages: one table per set, with 95 % intervals, and the worst messages.

A set is JSON lines or YAML rows `{text, asks?, gold: {...}, genre?, tags?}`; a key that `gold` lacks is not scored.
Scoring: kind strict (gold intent) and lenient (alt_intent too); hardships per message by type, type + subject, and
type + subject + status with overlapping spans; amounts by value and by value + role, repeats once; household size of
the messages that state one; facts by id and value; «nothing» where a message holds nothing at all.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from nlu.extractor import Extractor
from nlu.mentions import Extraction, FactType

Row = dict[str, Any]
WORST = 20


@dataclass(slots=True)
class Tally:
    """Right, wrongly given, and missed; `rate` is F1 for mentions, the share that is right for choices."""

    right: int = 0
    extra: int = 0
    missed: int = 0

    def add(self, right: int, extra: int, missed: int) -> int:
        self.right += right
        self.extra += extra
        self.missed += missed
        return extra + missed

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.extra) if self.right + self.extra else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        total = 2 * self.right + self.extra + self.missed
        return 2 * self.right / total if total else 1.0


@dataclass(slots=True)
class Score:
    """All tallies of one set, and how many errors each row had."""

    name: str
    rows: int = 0
    tallies: dict[str, Tally] = field(default_factory=dict)
    errors: list[tuple[int, str, list[str]]] = field(default_factory=list)

    def tally(self, name: str) -> Tally:
        return self.tallies.setdefault(name, Tally())


CHOICES = ("kind strict", "kind lenient", "complaint topic", "household size", "nothing")


def wilson(right: float, total: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a share."""
    if total == 0:
        return 0.0, 1.0
    z, p = 1.96, right
    centre = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return max(0.0, centre - half), min(1.0, centre + half)


def score(name: str, rows: Iterable[Row], extractor: Extractor) -> Score:
    """Run the extractor over labelled rows and count."""
    result = Score(name)
    for row in rows:
        found = extractor.extract(row["text"], row.get("asks"))
        notes: list[str] = []
        _score_row(result, row["gold"], found, notes)
        result.rows += 1
        if notes:
            result.errors.append((len(notes), row["text"], notes))
    result.errors.sort(key=lambda e: -e[0])
    return result


def _score_row(result: Score, gold: Mapping[str, Any], found: Extraction, notes: list[str]) -> None:
    if "intent" in gold:
        right = found.intent == gold["intent"]
        lenient = right or found.intent == gold.get("alt_intent")
        result.tally("kind strict").add(int(right), 0, int(not right))
        result.tally("kind lenient").add(int(lenient), 0, int(not lenient))
        if not right:
            notes.append(f"kind {found.intent}, not {gold['intent']}")
    if gold.get("complaint_topic"):
        right = found.complaint_topic == gold["complaint_topic"]
        result.tally("complaint topic").add(int(right), 0, int(not right))
        if not right and found.intent == "complaint":
            notes.append(f"topic {found.complaint_topic}, not {gold['complaint_topic']}")
    if "hardships" in gold:
        _score_hardships(result, gold["hardships"], found, notes)
    if "amounts" in gold:
        values = Counter({_money(v): 1 for v in {a["value"] for a in gold["amounts"]}})
        ours = Counter({_money(v): 1 for v in {a.value for a in found.amounts}})
        _count(result, "amount value", values, ours, notes)
        pairs = Counter({(a["role"], _money(a["value"])): 1 for a in gold["amounts"]})
        our_pairs = Counter({(a.role, _money(a.value)): 1 for a in found.amounts})
        _count(result, "amount value+role", pairs, our_pairs, notes)
    if "household_size" in gold:
        _score_size(result, gold["household_size"], found.household_size, notes)
    if "facts" in gold:
        wanted = Counter({(k, _plain(v)): 1 for k, v in gold["facts"].items()})
        _count(result, "facts", wanted, Counter({(k, _plain(v)): 1 for k, v in found.facts.items()}), notes)
    if all(k in gold for k in ("hardships", "amounts")) and not any(
        gold.get(k) for k in ("hardships", "amounts", "household_size", "facts")
    ):
        clean = not (found.hardships or found.amounts or found.household_size)
        result.tally("nothing").add(int(clean), int(not clean), 0)


def _score_hardships(result: Score, gold: list[Row], found: Extraction, notes: list[str]) -> None:
    _count(
        result,
        "hardship type",
        Counter({h["type"]: 1 for h in gold}),
        Counter({h.type: 1 for h in found.hardships}),
        notes,
    )
    _count(
        result,
        "hardship type+subject",
        Counter({(h["type"], h["subject"]): 1 for h in gold if "subject" in h}),
        Counter({(h.type, h.subject): 1 for h in found.hardships}),
        [],
    )
    _count(
        result,
        "hardship type+subject+status",
        Counter({(h["type"], h["subject"], h["status"]): 1 for h in gold if "status" in h}),
        Counter({(h.type, h.subject, h.status): 1 for h in found.hardships}),
        notes,
    )
    left = list(found.hardships)
    right = 0
    for item in gold:
        if "start" not in item:
            return
        for ours in left:
            if (ours.type, ours.subject, ours.status) == (item["type"], item["subject"], item["status"]) and (
                ours.start < item["end"] and item["start"] < ours.end
            ):
                right += 1
                left.remove(ours)
                break
    result.tally("hardship span").add(right, len(left), len(gold) - right)


def _score_size(result: Score, gold: int | None, ours: int | None, notes: list[str]) -> None:
    if gold is not None:
        result.tally("household size").add(int(gold == ours), 0, int(gold != ours))
    if gold != ours:
        notes.append(f"household size {ours}, not {gold}")
        if gold is None:
            result.tally("household size (none stated)").add(0, 1, 0)
    elif gold is None:
        result.tally("household size (none stated)").add(1, 0, 0)


def _count(result: Score, name: str, gold: Counter[Any], ours: Counter[Any], notes: list[str]) -> None:
    right = sum((gold & ours).values())
    extra, missed = ours - gold, gold - ours
    result.tally(name).add(right, sum(extra.values()), sum(missed.values()))
    notes.extend(f"{name}: extra {e}" for e in extra)
    notes.extend(f"{name}: missed {m}" for m in missed)


def _money(value: float | None) -> float | None:
    return None if value is None else round(float(value), 2)


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | str) else round(float(value), 2)


def load_rows(path: Path) -> list[Row]:
    """Labelled rows of a JSON-lines or YAML file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    rows: list[Row] = yaml.safe_load(text)
    for row in rows:
        row["gold"] = _written_out(row.get("gold") or {})
    return rows


def _written_out(gold: Mapping[str, Any]) -> Row:
    """Hand-written rows say «illness self actual» and «debt 30000»; spans are not scored for them."""
    whole = dict(gold)
    subjects = {"self": "self_household", "other": "other_person", "general": "general"}
    hardships = []
    for item in gold.get("hardships", []):
        if isinstance(item, str):
            kind, subject, status = (item.split() + ["self", "actual"][len(item.split()) - 1 :])[:3]
            item = {
                "type": kind,
                "subject": subjects[subject],
                "status": "past_resolved" if status == "past" else status,
            }
        hardships.append(item)
    if "hardships" in gold:
        whole["hardships"] = hardships
    if "amounts" in gold:
        whole["amounts"] = [_written_amount(a) if isinstance(a, str) else a for a in gold["amounts"]]
    return whole


def _written_amount(words: str) -> Row:
    role, value = words.split()
    return {"role": role, "value": None if value == "null" else float(value)}


def table(result: Score) -> str:
    """One set's figures as plain text."""
    lines = [f"{result.name}: {result.rows} messages"]
    for name, tally in result.tallies.items():
        total = tally.right + tally.missed
        if name in CHOICES or name.startswith("household size"):
            rate = tally.right / max(1, total + tally.extra)
            low, high = wilson(rate, total + tally.extra)
            lines.append(f"  {name:32s} {rate:6.3f}  [{low:.2f}, {high:.2f}]  n={total + tally.extra}")
        else:
            low, high = wilson(tally.f1, max(1, total))
            lines.append(
                f"  {name:32s} {tally.f1:6.3f}  [{low:.2f}, {high:.2f}]  "
                f"P {tally.precision:.3f} R {tally.recall:.3f}  n={total}"
            )
    return "\n".join(lines)


def worst(result: Score, count: int = WORST) -> str:
    """The messages with most errors, shortened."""
    lines = []
    for number, text, notes in result.errors[:count]:
        lines.append(f"- {number} in «{text[:80]}»: " + "; ".join(notes[:6]))
    return "\n".join(lines)


def report(paths: Iterable[Path], fact_types: Mapping[str, FactType], with_worst: bool = True) -> str:
    """What `make eval` prints: a table per set, by genre where rows name one, and the worst errors."""
    extractor = Extractor(fact_types)
    parts: list[str] = []
    for path in paths:
        rows = load_rows(path)
        whole = score(path.name, rows, extractor)
        parts.append(table(whole))
        genres = sorted({r["genre"] for r in rows if r.get("genre")})
        if len(genres) > 1:
            parts.extend(
                table(score(f"  {path.name} / {g}", [r for r in rows if r.get("genre") == g], extractor))
                for g in genres
            )
        if with_worst and whole.errors:
            parts.append("  worst:\n" + worst(whole))
    return "\n\n".join(parts)


def types_from_vocabulary(folder: Path) -> dict[str, FactType]:
    """Fact types from YAML files `{id: {type: bool | int | number | enum[a, b], …}}`, such as the canonical list."""
    types: dict[str, FactType] = {}
    for path in sorted(folder.glob("*.y*ml")) if folder.is_dir() else [folder]:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for fact, spec in content.get("facts", content).items():
            kind = str(spec["type"])
            values = tuple(v.strip() for v in kind[5:-1].split(",")) if kind.startswith("enum") else ()
            types[fact] = FactType("enum" if values else kind, values)  # type: ignore[arg-type]
    return types


def main(arguments: list[str]) -> int:
    """`python -m nlu.evaluation FACTS SET…`."""
    if len(arguments) < 2:
        sys.stderr.write(
            "用法: python -m nlu.evaluation FACTS SET...  (FACTS: fact vocabulary YAML; SET: labelled rows)\n"
        )
        return 2
    types = types_from_vocabulary(Path(arguments[0]))
    sys.stdout.write(report([Path(a) for a in arguments[1:]], types) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
