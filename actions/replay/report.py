"""What a replay found: every flip with its clause, counts by village and category, and a summary in plain Chinese."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from actions.lists.writing import write_table
from actions.replay.judging import Cause, Comparison, Flip
from actions.replay.sources import Household
from actions.texts import Texts
from actions.wording import shown_value
from policy_kb import Library

SHOWN_VILLAGES = 15
HOLDS: Mapping[bool | None, str] = {True: "holds", False: "fails", None: "open"}
Verdict = tuple[str, str | None]


@dataclass(frozen=True)
class Flipped:
    household: Household
    flip: Flip


@dataclass
class Replayed:
    """What a replay found. `before`, `after`: households by verdict; `ways`: flips by village and way."""

    looked: int = 0
    flipped: list[Flipped] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)  # (who, why it could not be judged)
    before: Counter[Verdict] = field(default_factory=Counter)
    after: Counter[Verdict] = field(default_factory=Counter)
    ways: dict[str, Counter[str]] = field(default_factory=dict)
    otherwise: int = 0  # cases whose stored verdict is not the one that the older edition gives
    case_ids: list[int] = field(default_factory=list)


def replay(comparison: Comparison, households: Iterable[Household]) -> Replayed:
    """Judge every household by both editions; nothing is changed."""
    found = Replayed()
    for one in households:
        found.looked += 1
        if one.problem is not None:
            found.problems.append((one.name, one.problem))
            continue
        _look(comparison, one, found)
    return found


def _look(comparison: Comparison, one: Household, found: Replayed) -> None:
    old, new = comparison.brief(one.facts, one.place)
    before, after = (old.outcome, old.category), (new.outcome, new.category)
    found.before[before] += 1
    found.after[after] += 1
    found.otherwise += one.stored is not None and one.stored != before
    if one.case_id is not None:
        found.case_ids.append(one.case_id)
    flip = comparison.flip(one.facts, one.place) if before != after else None
    if flip is not None:
        found.flipped.append(Flipped(one, flip))
        found.ways.setdefault(one.village, Counter())[flip.way] += 1


class Report:
    """Words for one replay."""

    def __init__(self, library: Library, texts: Texts, comparison: Comparison) -> None:
        self.library, self.texts, self.comparison = library, texts, comparison

    def verdict(self, verdict: Verdict, new: bool) -> str:
        """A verdict in a few words, with the category as its document calls it."""
        rules = self.comparison.after if new else self.comparison.before
        return self.texts.say(f"replay.outcomes.{verdict[0]}", category=rules.label(*verdict))

    def cause(self, cause: Cause) -> str:
        """Clause, both wordings where the figure differs, how the test came out, and the facts it rests on."""
        facts = "，".join(self._fact(name, value) for name, value in cause.facts.items())
        say = self.texts.say
        words = {value: say(f"replay.holds.{key}") for value, key in HOLDS.items()}
        one = cause.text_before or say("replay.not_there")
        two = cause.text_after or say("replay.not_there")
        key = "replay.cause_same" if one == two else "replay.cause"
        text = say(key, clause=cause.clause, one=one, two=two, before=words[cause.before], after=words[cause.after])
        return f"{text}（{facts}）" if facts else text

    def _fact(self, name: str, value: object) -> str:
        spec = self.library.vocabulary.get(name)
        return f"{spec.zh}：{shown_value(spec, value)}" if spec is not None else f"{name}：{value}"

    def write_flips(self, found: Replayed, path: Path) -> None:
        """One row a flip."""
        header: list[str] = self.texts.get("replay.columns")
        write_table(path, header, (self._row(one) for one in found.flipped))

    def _row(self, one: Flipped) -> list[object]:
        flip, causes = one.flip, one.flip.causes
        return [
            one.household.name, one.household.village, self.verdict(flip.before, new=False),
            self.verdict(flip.after, new=True), self.texts.say(f"replay.ways.{flip.way}"),
            "、".join(dict.fromkeys(cause.clause for cause in causes)), "；".join(map(self.cause, causes)),
            *(part or "" for part in (*flip.before, *flip.after)),
        ]  # fmt: skip

    def flips(self, found: Replayed) -> list[str]:
        """One line a flip."""
        return ["  ".join(str(cell) for cell in self._row(one)[:5] + self._row(one)[6:7]) for one in found.flipped]

    def write_counts(self, found: Replayed, path: Path) -> None:
        """One row a village and change of verdict."""
        header: list[str] = self.texts.get("replay.count_columns")
        counted = Counter((one.household.village, one.flip.before, one.flip.after) for one in found.flipped)
        rows = (
            [village, self.verdict(before, new=False), self.verdict(after, new=True), count]
            for (village, before, after), count in sorted(counted.items(), key=lambda item: (item[0][0], -item[1]))
        )
        write_table(path, header, rows)

    def summary(self, found: Replayed) -> list[str]:
        """What would change, in a few plain lines."""
        return list(self._summary(found))

    def _summary(self, found: Replayed) -> Iterator[str]:
        say = self.texts.say
        ways = Counter(one.flip.way for one in found.flipped)
        yield say("replay.summary.head", before=self.comparison.before.name, after=self.comparison.after.name)
        yield say(
            "replay.summary.flips", looked=found.looked, flips=len(found.flipped), better=ways["better"],
            worse=ways["worse"], other=ways["other"],
        )  # fmt: skip
        for verdict in sorted({*found.before, *found.after}, key=str):
            old, new = found.before[verdict], found.after[verdict]
            if old != new:
                words = self.verdict(verdict, new=verdict in found.after)
                yield say("replay.summary.verdict", verdict=words, before=old, after=new)
        yield from self._villages(found)
        if found.otherwise:
            yield say("replay.summary.otherwise", count=found.otherwise)
        if found.problems:
            yield say("replay.summary.problems", count=len(found.problems))

    def _villages(self, found: Replayed) -> Iterator[str]:
        ranked = sorted(found.ways.items(), key=lambda item: (-item[1].total(), item[0]))
        for village, ways in ranked[:SHOWN_VILLAGES]:
            name = village or self.texts.say("replay.no_village")
            yield self.texts.say(
                "replay.summary.village", village=name, flips=ways.total(), better=ways["better"], worse=ways["worse"]
            )
        if len(ranked) > SHOWN_VILLAGES:
            yield self.texts.say("replay.summary.more_villages", count=len(ranked) - SHOWN_VILLAGES)
