"""Short phrases that notices, reminders and cards share: the verdict, the due date, the place."""

from __future__ import annotations

from actions import rulebook
from actions.office import Office
from storage import UnitOfWork
from storage.models import Area, Case, CaseStep


def verdict_words(office: Office, case: Case) -> str:
    """The preliminary verdict in a few words for staff."""
    pack = office.library.packs.get(case.pack_id)
    category = case.category
    if category is not None and pack is not None and category in pack.categories:
        category = pack.categories[category].zh
    return rulebook.say(f"verdict.{case.outcome or 'none'}", category=category or "")


def due_words(row: CaseStep | None, manner: str) -> str:
    """«，最晚 11月25日», with a remark where that year's calendar is not out yet; `manner`: staff or plain."""
    if row is None or row.due_on is None:
        return rulebook.say(f"due.{manner}_without")
    text = rulebook.say(f"due.{manner}_with", due=rulebook.plain_date(row.due_on))
    return text + (rulebook.say("due.provisional", year=row.due_on.year) if row.due_provisional else "")


def short_place(uow: UnitOfWork, case: Case) -> str:
    """Town and village of the area table; never the words the person used."""
    area = uow.get(Area, case.area_id) if case.area_id is not None else None
    return "".join(area.path.split("/")[-2:]) if area is not None else rulebook.say("place_unknown")


def sentence(words: str) -> str:
    """The words with a full stop, unless they end in one."""
    return words if not words or words[-1] in "。！？!?" else words + "。"


def open_end(words: str) -> str:
    """The sentence without its full stop, so that a day can follow."""
    return words.rstrip("。")
