"""Coming in through a village's own door (its QR code): the conversation knows the place from the start."""

from __future__ import annotations

from actions.office import Office
from storage import models


def area_label(office: Office, code: str) -> str | None:
    """The full name of the area with this code, as people write it («甘肃省…王庄村»), or None."""
    with office.db.read() as uow:
        area = uow.areas.by_code(code[:32])
        return area.path.replace("/", "") if area else None


def enter(office: Office, conversation: str, code: str | None, *, secure: bool = False) -> None:
    """Begin the web conversation with the place of the area `code`; one that has begun keeps what it knows.

    An unknown code changes nothing: the chat then asks for the place as always. `secure`: this message came over TLS,
    so that an ID number may be asked for.
    """
    with office.db.read() as uow:
        known = uow.conversations.get(conversation)
        begun = known is not None
        told = bool(known.state.get("secure")) if known is not None else False
    if code and not begun:
        _begin(office, conversation, code)
    if told != secure:
        _note_secure(office, conversation, secure)


def _note_secure(office: Office, conversation: str, secure: bool) -> None:
    with office.db.begin() as uow:
        uow.conversations.open(conversation, "web", office.clock.now())
        row = uow.conversations.get(conversation, lock=True)
        assert row is not None
        rest = {key: value for key, value in row.state.items() if key != "secure"}
        row.state = rest | ({"secure": True} if secure else {})
        uow.commit()


def _begin(office: Office, conversation: str, code: str) -> None:
    now = office.clock.now()
    with office.db.begin() as uow:
        area = uow.areas.by_code(code[:32])
        if area is None or uow.conversations.get(conversation) is not None:
            return
        place = area.path.replace("/", "")
        uow.add(
            models.Conversation(
                id=conversation,
                channel="web",
                place=place,
                area_id=area.id,
                pack_id=office.library.pack_for_place(place).id,
                created_at=now,
                last_active_at=now,
            )
        )
        uow.commit()


def place_by_code(office: Office, conversation: str, code: str) -> bool:
    """Give a conversation that knows no place yet the one of this area code; True where it was given.

    For channels in which one conversation lasts for ever: a village's link may come after the first words.
    """
    with office.db.begin() as uow:
        area = uow.areas.by_code(code[:32])
        conv = uow.conversations.get(conversation, lock=True)
        if area is None or conv is None or conv.place is not None:
            return False
        conv.place = area.path.replace("/", "")
        conv.area_id = area.id
        conv.pack_id = office.library.pack_for_place(conv.place).id
        uow.commit()
        return True
