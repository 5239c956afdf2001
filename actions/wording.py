"""Facts and verdicts in plain words: what the household reads (texts in `texts/facts.yml` and `texts/result.yml`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from actions.talk import Talk
from policy_kb import Assessment, FactSpec, Pack, Reason

SHOWN_REASONS = 4


def money(value: float) -> str:
    """CNY as people say it: 52000 → 5.2万元, 480 → 480元."""
    if abs(value) >= 10_000:
        return f"{value / 10_000:.4f}".rstrip("0").rstrip(".") + "万元"
    return f"{value:.2f}".rstrip("0").rstrip(".") + "元"


def fact_line(texts: object, spec: FactSpec, value: object) -> str:
    """One fact as a plain sentence; a fact without a sentence of its own is shown by its name."""
    entry = texts.get(spec.id) if isinstance(texts, dict) else None
    if isinstance(entry, dict):
        key = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        if key in entry:
            return str(entry[key])
    shown = shown_value(spec, value)
    if isinstance(entry, str):
        return entry.replace("大约", "").format(value=shown) if value == 0 else entry.format(value=shown)
    return f"{spec.zh}：{shown}"


def shown_value(spec: FactSpec, value: object) -> str:
    """A fact's value as people write it."""
    if isinstance(value, bool):
        return "是" if value else "不是"
    if isinstance(value, int | float):
        if spec.unit is not None and spec.unit.startswith("CNY"):
            return money(float(value))
        if spec.unit == "0..1":
            return f"{float(value) * 100:.4g}%"
        return f"{float(value):g}"
    for button in spec.buttons:
        if button.value == value:
            return str(button.title)
    return str(value)


def read_back(talk: Talk, fact_ids: Sequence[str], key: str, with_hardships: bool = False) -> str:
    """What was understood, as a short list, in the order of the facts table."""
    sentences = talk.office.texts.get("facts")
    known = talk.facts()
    lines = []
    if with_hardships:
        lines += hardship_lines(talk, known)
    order = list(talk.office.library.vocabulary)
    for fact_id in sorted(set(fact_ids) & set(known), key=order.index):
        lines.append(fact_line(sentences, talk.spec(fact_id), known[fact_id]))
    return talk.words(key) + "\n" + "\n".join(f"· {line}" for line in lines)


def hardship_lines(talk: Talk, known: Mapping[str, object]) -> list[str]:
    """The kinds of trouble that no known fact says more exactly."""
    names = talk.office.texts.get("hardships")
    told_by = names["told_by"]
    return [str(names[kind]) for kind in talk.draft.hardships if not set(told_by.get(kind, ())) & set(known)]


def result_text(talk: Talk, assessment: Assessment) -> str:
    """The preliminary result with its reasons in plain words; never a decision."""
    names = talk.office.texts.get("result.categories")
    kinds = "、".join(str(names.get(c, c)) for c in assessment.possible)
    text = talk.words(f"result.{assessment.outcome}", category=str(names.get(assessment.category, "")), kinds=kinds)
    because = [reason.text for reason in speaking(assessment.reasons, assessment.outcome)]
    mark = talk.words("result.our_reading")
    lines = [f"· {line.replace(mark, '')}" for line in dict.fromkeys(because)][:SHOWN_REASONS]
    if lines:
        head = "result.not_matched" if assessment.outcome == "not_met" else "result.because"
        text += "\n" + talk.words(head) + "\n" + "\n".join(lines)
    if any(mark in line for line in because[:SHOWN_REASONS]):
        text += "\n" + talk.words("result.some_our_reading")
    excluded = [r.text for r in assessment.reasons if r.holds and set(r.facts) & set(assessment.exclusions)]
    if assessment.outcome == "excluded" and excluded:
        text += "\n" + talk.words("result.exclusion", text=excluded[0])
    return text + "\n" + talk.words("result.not_final")


def speaking(reasons: Sequence[Reason], outcome: str) -> list[Reason]:
    """The reasons that speak for the outcome and that no narrower one says already: «one of ten holds» is left out."""
    wanted: dict[str, bool | None] = {"meets": True, "excluded": True, "not_met": False, "undetermined": True}
    speaking = [reason for reason in reasons if reason.holds is wanted[outcome]]
    seen = [set(reason.facts) for reason in speaking]
    return [
        reason
        for reason, facts in zip(speaking, seen, strict=True)
        if not any(other and other < facts for other in seen)
    ]


def clause_details(talk: Talk, pack: Pack, assessment: Assessment) -> list[dict[str, str]]:
    """Every clause that was looked at, one tap away: holds, does not hold, or not known yet."""
    marks = talk.office.texts.get("result.marks")
    mark = {True: "holds", False: "fails", None: "open"}
    lines = [f"{reason.clause}：{reason.text}（{marks[mark[reason.holds]]}）" for reason in assessment.reasons]
    if not lines:
        return []
    head = talk.words("result.source", document=pack.document, number=pack.number)
    tail = talk.words("result.stale") if assessment.stale_parameters else ""
    return [
        {"title": talk.words("result.clauses_title"), "text": "\n".join([head, *dict.fromkeys(lines), tail]).strip()}
    ]
