"""What is known of somebody, as the keyed hashes that households are found by. Nothing of it is stored in clear."""

from __future__ import annotations

from dataclasses import dataclass

from actions.idnumbers import read_id_number, read_phone
from actions.sounds import clean_name, sound
from storage import UnitOfWork
from storage.models import Area, Case

ID_NUMBER, PHONE, PHONE_NAME = "id_number", "phone", "phone_name"
VILLAGE_NAME, VILLAGE_SOUND, NAME_SOUND = "village_name", "village_sound", "name_sound"
KINDS = (ID_NUMBER, PHONE_NAME, VILLAGE_NAME, VILLAGE_SOUND, PHONE, NAME_SOUND)  # the strongest first


@dataclass(frozen=True)
class Clues:
    """Who somebody is, cleaned; `village`: the area of a village, None where it is not known that closely."""

    id_number: str | None = None
    phone: str | None = None
    name: str = ""
    village: int | None = None


def clues(
    *, id_number: str | None = None, phone: str | None = None, name: str | None = None, village: int | None = None
) -> Clues:
    """Clues from what was typed; what is no ID number, no phone or no name is left out."""
    number = read_phone(phone) or (phone if phone and phone.isdecimal() else None)
    return Clues(read_id_number(id_number), number, clean_name(name), village)


def of_case(uow: UnitOfWork, case: Case) -> Clues:
    """Who an application is for. The village counts only where the case is placed that closely."""
    area = uow.get(Area, case.area_id) if case.area_id is not None else None
    village = area.id if area is not None and area.level == "village" else None
    return clues(id_number=case.id_number, phone=case.phone, name=case.person_name, village=village)


def keys(uow: UnitOfWork, known: Clues) -> dict[str, str]:
    """Kind → keyed hash, for every kind these clues suffice for."""
    heard = sound(known.name)
    values = {
        ID_NUMBER: known.id_number,
        PHONE: known.phone,
        PHONE_NAME: f"{known.phone}|{known.name}" if known.phone and len(known.name) > 1 else None,
        VILLAGE_NAME: f"{known.village}|{known.name}" if known.village and len(known.name) > 1 else None,
        VILLAGE_SOUND: f"{known.village}|{heard}" if known.village and heard else None,
        NAME_SOUND: heard or None,
    }
    return {kind: uow.index(f"{kind}:{value}") for kind, value in values.items() if value}
