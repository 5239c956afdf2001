"""Hearing: everything a message states is written down with its provenance; nothing is asked or answered here."""

from __future__ import annotations

import re
from collections.abc import Mapping

from actions.idnumbers import read_id_number
from actions.places import lived_at, resolve_area
from actions.talk import Talk
from policy_kb import FactError

NAMES_A_COUNTY = re.compile("[省市县区旗州盟]")
LONGEST_REST = 20  # code points of town, village and group


def take_in(talk: Talk) -> list[str]:
    """Write down everything the message states; returns the fact ids that are new or changed."""
    heard = talk.heard
    draft = talk.draft
    draft.kind = draft.kind or "application"
    if heard.hardships or heard.amounts or heard.facts or talk.asks == "problem":
        draft.story.append(talk.message.id)
    for hardship in heard.hardships:
        own = hardship.subject == "self_household" and hardship.status == "actual"
        if own and hardship.type not in draft.hardships:
            draft.hardships.append(hardship.type)
    if heard.proxy is not None and not draft.person.proxy:
        draft.person.proxy = True
        draft.person.proxy_relation = heard.proxy.relation
    _take_person(talk)
    keep_id_number(talk)
    if place := named_place(talk):
        set_place(talk, place)
    return state_sound(talk, heard.facts, {key: (span.start, span.end) for key, span in heard.fact_spans.items()})


def _take_person(talk: Talk) -> None:
    person = talk.draft.person
    if talk.heard.phones and not person.phone:
        person.phone = talk.heard.phones[0].value
    for mention in talk.heard.names:
        if mention.role == "applicant_for" and not person.name:
            person.name = mention.text
        elif mention.role == "self":
            if person.proxy and not person.proxy_name:
                person.proxy_name = mention.text
            elif not person.proxy and not person.name:
                person.name = mention.text


def keep_id_number(talk: Talk) -> bool:
    """An ID number typed unasked is kept sealed with the application; answers nothing. Of several, and of what somebody
    writes who speaks for another, nobody knows whose it is: those stay in the words alone."""
    draft = talk.draft
    if draft.kind == "complaint" or draft.person.proxy or draft.person.id_number is not None:
        return False
    numbers = {number.value for number in talk.heard.id_numbers}
    if len(numbers) == 1:
        draft.person.id_number = read_id_number(numbers.pop())
    return False


def state_sound(talk: Talk, values: Mapping[str, object], spans: Mapping[str, tuple[int, int]]) -> list[str]:
    """State what passes the vocabulary's checks; an impossible figure (no household has 0 people) is left out."""
    sound: dict[str, object] = {}
    for fact_id, value in values.items():
        try:
            talk.office.library.check_facts({fact_id: value})
        except FactError:
            continue
        sound[fact_id] = value
    return talk.state_facts(sound, spans)


def named_place(talk: Talk) -> str | None:
    """The place that the message names; a bare village name counts only as the answer to where it is."""
    places = lived_at(talk.heard.places)
    alone = len(places) == len(talk.heard.places)
    if talk.asks == "place" and places and alone and len(talk.text) <= 40 and not talk.heard.facts:
        return talk.text[places[0].start :].rstrip(" 。.，,！!的人")  # down to the group, known to us or not
    certain = [
        place.text
        for place in places
        if talk.asks == "place" or place.area_id or place.province or place.city or place.county or place.town
    ]
    return "".join(dict.fromkeys(certain)) or None


def set_place(talk: Talk, place: str) -> None:
    """Remember where the household lives: it decides the document and who is responsible."""
    known = talk.conv.place
    if known and place in known:
        return
    area = resolve_area(talk.uow, place)
    if area is None and known:
        area = resolve_area(talk.uow, known + place)
        place = known + place if area is not None else place
    if known and area is None and talk.conv.area_id is not None:
        return
    if known and area is None and not NAMES_A_COUNTY.search(place):
        place = known + place  # a town told later lies where they said before
    talk.conv.place = area.path.replace("/", "") + beyond(area.name, place) if area is not None else place
    talk.conv.area_id = area.id if area is not None else None
    talk.conv.pack_id = talk.office.library.pack_for_place(talk.conv.place).id


def beyond(name: str, place: str) -> str:
    """What was said below the smallest place we know: «诸由观镇» of «烟台龙口市诸由观镇» where only 龙口市 is known."""
    for form in (name, name.rstrip("省市县区旗镇乡村")):
        _, found, rest = place.rpartition(form)
        if found and len(form) > 1 and len(rest) <= LONGEST_REST:
            return rest
    return ""


def keep_words(talk: Talk) -> None:
    """What could not be read still belongs to the case: the visitor will read it."""
    if talk.message.id not in talk.draft.story:
        talk.draft.story.append(talk.message.id)
