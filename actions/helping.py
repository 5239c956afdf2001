"""What help the document has for a household (帮扶措施), for its chat: what certainly fits, and what is barred."""

from __future__ import annotations

from actions.talk import Talk
from policy_kb import Assessment, Measure

NAMED = 3  # kinds of help named in the result itself; all of them are one tap away


def sentence(talk: Talk, assessment: Assessment) -> str:
    """The first kinds of help that fit a household for whom a category holds; "" for everybody else."""
    if assessment.outcome != "meets":
        return ""
    names = list(dict.fromkeys(measure.zh for measure in _fitting(talk, assessment)))
    if not names:
        return ""
    return talk.words("result.help", names="；".join(names[:NAMED])) + (
        talk.words("result.help_more") if len(names) > NAMED else ""
    )


def details(talk: Talk, assessment: Assessment) -> list[dict[str, str]]:
    """Every kind of help that fits, with clause, cause and department, and what an item-wise bar takes away."""
    if assessment.outcome not in ("meets", "excluded"):
        return []
    lines = [_line(talk, measure) for measure in _fitting(talk, assessment)]
    barred = talk.office.library.barred_for(talk.pack, talk.facts(), assessment, talk.conv.place)
    lines += [talk.words("result.barred", name=b.measure.zh, clause=b.clause, text=b.text) for b in barred]
    if not lines:
        return []
    head = talk.words("result.help_head", document=talk.pack.document, number=talk.pack.number)
    return [{"title": talk.words("result.help_title"), "text": "\n".join([head, *lines])}]


def _fitting(talk: Talk, assessment: Assessment) -> tuple[Measure, ...]:
    return talk.office.library.measures_for(talk.pack, talk.facts(), assessment, talk.conv.place)


def _line(talk: Talk, measure: Measure) -> str:
    department = "、".join(measure.department) or talk.words("result.no_department")
    reading = talk.words("result.our_reading") if measure.interpretation else ""
    return (
        talk.words(
            "result.help_line", clause=measure.clause, name=measure.zh, because=measure.because, department=department
        )
        + reading
    )
