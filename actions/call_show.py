"""The workbench's view of a call, put together from its picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from actions import card, rulebook
from actions.call_picture import Picture
from actions.call_reading import Heard
from actions.call_script import next_line
from actions.callviews import CallView, DangerLine, HeardItem, Mark, VerdictLine
from actions.wording import fact_line, money
from storage.models import Call

KINDS = ("fact", "hardship", "amount")
SHOWN_REASONS = 3


def build(picture: Picture, call: Call, receipt: str | None = None) -> CallView:
    """Everything the page and the API show of this call as it stands."""
    return CallView(
        key=call.key,
        version=call.version or 0,
        status=call.status,
        started_at=call.started_at,
        kept_at=call.kept_at,
        input=picture.state.input,
        name=picture.name,
        phone=picture.phone,
        phone_ok=picture.phone_ok,
        id_number=picture.id_number,
        id_number_ok=picture.id_number_ok,
        place=picture.place,
        area=picture.area.path.replace("/", "") if picture.area is not None else "",
        proxy=picture.proxy,
        proxy_name=picture.proxy_name,
        topic=picture.topic,
        against=picture.against,
        against_level=picture.against_level,
        wish=picture.wish,
        items=tuple(items(picture)),
        marks=tuple(_marks(picture)),
        script=next_line(picture),
        verdict=_verdict(picture) if picture.state.input.kind == "application" and picture.settled else None,
        danger=_danger(picture),
        suggests=_suggests(picture),
        answer=_answer(picture),
        route=route(picture),
        receipt=receipt,
        outcome=call.outcome,
    )


def items(picture: Picture) -> Iterator[HeardItem]:
    """What is to be accepted, changed or refused; what a fact says more exactly is not shown twice."""
    said_by_fact = {(h.start, h.end) for h in picture.in_force("fact").values()}
    for heard in picture.settled:
        kind, _, name = heard.item.partition(":")
        if kind not in KINDS:
            continue
        if kind == "hardship" and heard.state == "heard" and _said_more_exactly(picture, name):
            continue
        if kind == "amount" and heard.state == "heard" and (heard.start, heard.end) in said_by_fact:
            continue
        yield _item(picture, heard, kind, name)


def _said_more_exactly(picture: Picture, trouble: str) -> bool:
    """A fact or a sum in force tells of this kind of trouble already."""
    texts = picture.office.texts
    told_by = set(texts.get("hardships.told_by").get(trouble, ()))
    amount = texts.get("calls.told_by_amount").get(trouble)
    return bool(told_by & set(picture.facts)) or amount in picture.in_force("amount")


def _item(picture: Picture, heard: Heard, kind: str, name: str) -> HeardItem:
    texts, spec = picture.office.texts, picture.office.library.vocabulary.get(name)
    if kind == "fact" and spec is not None and heard.value is not None:
        label, shown = spec.zh, fact_line(texts.get("facts"), spec, heard.value)
        choices, unit = tuple(card.choices(spec)), spec.unit if spec.numeric else ""
    elif kind == "hardship":
        label = shown = str(texts.get("hardships")[name])
        choices, unit = (), ""
    else:
        words = texts.get("calls.amounts")
        figure = heard.value
        known = isinstance(figure, int | float)
        shown = words[name].format(value=money(float(figure or 0)) if known else words["unknown_value"])
        label, choices, unit = shown, (), "CNY"
    return HeardItem(
        item=heard.item,
        kind=kind,
        label=label,
        shown=shown,
        value=heard.value,
        words=heard.words,
        start=heard.start,
        end=heard.end,
        state=heard.state,
        choices=tuple((str(value), str(word)) for value, word in choices),
        unit=unit,
        changeable=kind != "hardship",
    )


def _marks(picture: Picture) -> Iterator[Mark]:
    labels = {item.item: item.shown for item in items(picture)}
    danger = picture.reading.danger
    if danger is not None:
        yield Mark(danger.start, danger.end, danger.kind, "danger")
    for heard in picture.settled:
        kind = heard.item.partition(":")[0]
        if heard.end > heard.start:
            state = heard.state if kind in KINDS else "person"
            yield Mark(heard.start, heard.end, labels.get(heard.item, ""), state)


def _verdict(picture: Picture) -> VerdictLine:
    found = picture.assessment
    because = [reason.text for reason in found.reasons if reason.holds and found.outcome != "not_met"]
    pack = picture.pack
    return VerdictLine(
        outcome=found.outcome,
        kinds=tuple(str(pack.categories[kind].zh) for kind in found.possible),
        open=len(found.unknown),
        document=f"{pack.title}（{pack.number}）",
        reasons=tuple(dict.fromkeys(because))[:SHOWN_REASONS],
        stale=bool(found.stale_parameters),
    )


def _danger(picture: Picture) -> DangerLine | None:
    danger = picture.reading.danger
    if danger is None:
        return None
    lines = picture.office.texts.get("danger.kinds")
    say = str(lines.get(danger.kind, lines["other"])).format(**asdict(picture.office.contacts))
    return DangerLine(danger.kind, danger.text, say)


def _suggests(picture: Picture) -> str | None:
    """The notes sound like another kind of call than the chosen one."""
    chosen, intent = picture.state.input.kind, picture.reading.intent
    if intent == "complaint" and chosen == "application" and not picture.hardships:
        return "complaint"
    if intent == "apply_help" and chosen in ("question", "other") and picture.hardships:
        return "application"
    if intent == "question" and chosen == "application" and not picture.hardships and not picture.facts:
        return "question"
    return None


def route(picture: Picture) -> str | None:
    if picture.state.input.kind != "complaint" or not picture.state.input.notes.strip():
        return None
    levels = rulebook.words().get("notices.levels")
    level, acting = picture.acting_on
    return picture.office.texts.say("calls.sheet.past", level=levels[level], acting=levels[acting])


def _answer(picture: Picture) -> str | None:
    """What the documents say to the question noted, or honestly that they do not."""
    given = picture.state.input
    if given.kind != "question" or not given.notes.strip():
        return None
    library = picture.office.library
    found = library.answer(
        library.pack_named(given.notes) or picture.pack,
        given.notes,
        on=picture.office.clock.today(),
        place=picture.full_place,
    )
    return found.answer
