"""What to say next on the phone, and why: consent, the story, the place, what can still change the verdict, the person.

The order is the chat's; the questions about facts come from the same engine and the same table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from actions.call_picture import Picture
from actions.callviews import ScriptChoice, ScriptLine

LONG_ENOUGH = 30  # code points: a complaint told at this length has its detail already (as in the chat)


def next_line(picture: Picture) -> ScriptLine:
    """The first thing that is still missing."""
    given = picture.state.input
    if given.kind in ("question", "other"):
        return _line(picture, "question")
    if given.consent is None:
        return _line(picture, "consent")
    steps = _complaint if given.kind == "complaint" else _application
    return next(steps(picture), None) or _line(picture, "ready")


def _application(picture: Picture) -> Iterator[ScriptLine]:
    reading = picture.reading
    if not reading.told and not picture.facts:
        yield _line(picture, "problem")
    if picture.state.input.continues:
        return  # the open case knows the household
    if _missing(picture, "place", picture.place):
        yield _line(picture, "place", mark="place")
    question = picture.assessment.next_question
    if question is not None:
        yield _fact(picture, question)
    if _missing(picture, "name", picture.name):
        yield _line(picture, "name", "name_of_other" if picture.proxy else "name", mark="name")
    if picture.proxy and _missing(picture, "proxy_name", picture.proxy_name):
        yield _line(picture, "proxy_name", mark="proxy_name")
    if picture.proxy and picture.state.input.proxy_consent is None:
        yield _line(picture, "proxy_consent", name=picture.name or "他（她）")
    if _missing(picture, "phone", picture.phone):
        yield _line(picture, "phone", mark="phone")


def _complaint(picture: Picture) -> Iterator[ScriptLine]:
    given = picture.state.input
    if len(given.notes.strip()) < LONG_ENOUGH:
        yield _line(picture, "complaint_detail")
    if _missing(picture, "place", picture.place):
        yield _line(picture, "place", "complaint_place", mark="place")
    if not picture.against and not picture.against_level and given.against is None:
        yield _line(picture, "against", mark="against")
    if not picture.wish and given.wish is None:
        yield _line(picture, "wish", mark="wish")
    if given.anonymous:
        return
    if _missing(picture, "name", picture.name):
        yield _line(picture, "name", "complaint_name", mark="name")
    if _missing(picture, "phone", picture.phone):
        yield _line(picture, "phone", "complaint_phone", mark="phone")


def _missing(picture: Picture, name: str, value: str) -> bool:
    """Not known, not left open, and not emptied by the operator."""
    typed = getattr(picture.state.input, name)
    return not value and name not in picture.reading.left_open and typed is None


def _line(picture: Picture, asks: str, text: str | None = None, mark: str | None = None, **values: str) -> ScriptLine:
    texts = picture.office.texts
    key = text or asks
    table: Callable[[str], dict[str, object]] = lambda name: texts.get(f"calls.{name}")  # noqa: E731
    offered = table("choices")
    choices = offered.get(key, offered.get(asks, ()))
    why = table("why").get(asks) or texts.get("question.why").get(asks, "")
    assert isinstance(choices, list | tuple)
    return ScriptLine(
        asks=asks,
        say=texts.say(f"calls.say.{key}", **values),
        why=str(why),
        mark=str(table("marks")[mark]) if mark else None,
        choices=tuple(ScriptChoice(**choice) for choice in choices),
        unread=asks in picture.reading.unread,
    )


def _fact(picture: Picture, fact_id: str) -> ScriptLine:
    """A question of the facts table, with its buttons, its reason, and its parts where nobody answers in one breath."""
    spec = picture.office.library.vocabulary[fact_id]
    titles = [button.title for button in spec.buttons]
    dont_know = str(picture.office.texts.get("calls.choices.dont_know")["title"])
    return ScriptLine(
        asks=fact_id,
        say=spec.question,
        why=spec.why,
        help=spec.help,
        mark=spec.zh,
        choices=tuple(ScriptChoice(title) for title in [*titles, dont_know]),
        parts=tuple(part.question for part in spec.sub_questions),
        unread=fact_id in picture.reading.unread,
    )
