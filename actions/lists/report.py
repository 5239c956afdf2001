"""What is written about a merge: a row for each household, a row for each remark, and a summary in plain Chinese."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from actions.lists.judging import Judged
from actions.lists.merging import Merged, MergedHome
from actions.lists.remarks import Remark
from actions.lists.text import masked_id
from actions.lists.writing import write_table
from actions.screening.query import RESULT
from actions.texts import Texts
from policy_kb import Library


def write_homes(library: Library, texts: Texts, judged: Sequence[Judged], path: Path) -> None:
    """One row a household: who, the facts by id, the verdict as `screen` writes it, which lists, where it stands."""
    stated = {fact for one in judged for fact in one.facts}
    facts = [fact for fact in library.vocabulary if fact in stated]
    columns: Mapping[str, str] = texts.get("lists.columns")
    who, why = ("number", "town", "village", "head"), ("lists", "risk", "sources")
    header = [*(columns[name] for name in who), *facts, *RESULT, *(columns[name] for name in why)]
    write_table(path, header, (_row(texts, one, facts) for one in judged))


def _row(texts: Texts, one: Judged, facts: Sequence[str]) -> list[object]:
    home, verdict = one.merged.home, one.verdict
    words = dict.fromkeys(s.words(texts) for a in one.merged.agreed.values() for s in a.sources)
    lists = dict.fromkeys(stated.given.zh for stated in one.merged.stated)
    parts = [";".join(names) for names in (verdict.possible, verdict.exclusions, verdict.unknown)]
    return [
        shown_number(one.merged), home.town, home.village, home.head,
        *(one.facts.get(fact) for fact in facts), verdict.outcome, verdict.category, *parts,
        "、".join(lists), texts.say(f"lists.risk.{one.risk}"), "；".join(words),
    ]  # fmt: skip


def shown_number(merged: MergedHome) -> str:
    """The household number, or of an ID number that stands for it what may be shown."""
    return merged.home.number or masked_id(merged.home.key)


def all_remarks(library: Library, texts: Texts, merged: Merged) -> list[Remark]:
    """What has to be told about single rows, and the facts on which lists do not agree, by list and row."""
    found = list(merged.remarks)
    for home in merged.homes:
        for conflict in home.conflicts:
            said = "；".join(dict.fromkeys(one.words(texts) for one in conflict.sources))
            last = conflict.sources[-1]
            label = library.label(conflict.fact)
            found.append(Remark(last.given.file, last.row, "conflict", shown_number(home), label, said, merged=True))
    return sorted(found, key=lambda remark: (remark.list, remark.row))


def write_remarks(texts: Texts, remarks: Sequence[Remark], path: Path) -> None:
    """One row a remark: list, row, whose, whether the row was used, and why it is told."""
    used: Mapping[str, str] = texts.get("lists.used")
    rows = ([r.list, r.row, r.person, used["merged" if r.merged else "left"], r.say(texts)] for r in remarks)
    write_table(path, texts.get("lists.remark_columns"), rows)


def summary(
    library: Library, texts: Texts, pack: str, merged: Merged, judged: Sequence[Judged], remarks: int
) -> list[str]:
    """What came of it, in a few plain lines."""
    return list(_lines(library, texts, pack, merged, judged, remarks))


def _lines(
    library: Library, texts: Texts, pack: str, merged: Merged, judged: Sequence[Judged], remarks: int
) -> Iterator[str]:
    for one in merged.lists:
        given, month = one.given, f"{one.given.month:%Y-%m}" if one.given.month else ""
        if one.fault is not None:
            yield texts.say("lists.summary.list_failed", file=given.file, fault=one.fault)
        else:
            yield texts.say(
                "lists.summary.list", file=given.file, zh=given.zh, month=month, rows=one.rows, matched=one.matched
            )
    if not merged.registered:
        yield texts.say("lists.summary.no_register")
    risks = Counter(one.risk for one in judged)
    yield texts.say(
        "lists.summary.homes", homes=len(judged), pack=library.pack(pack).title, meets=risks["meets"],
        check=risks["check"], rest=risks["none"],
    )  # fmt: skip
    conflicts = sum(len(home.conflicts) for home in merged.homes)
    if conflicts:
        yield texts.say("lists.summary.conflicts", count=conflicts)
    if remarks > conflicts:
        yield texts.say("lists.summary.remarks", count=remarks - conflicts)
