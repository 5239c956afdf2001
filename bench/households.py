"""`shouwang assess`: random partial households a second on one core, for each pack (aim: at least 5,000)."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from bench.streams import speed, start_seconds
from bot import parts
from bot.cli.assess import Asked, handler

if TYPE_CHECKING:
    from policy_kb import FactSpec

COUNT = 6000
AIM = 5000
KNOWN = 0.3  # share of the facts that a household has told
SEED = 20260101
DAY = date(2020, 6, 30)


def measure() -> Iterator[str]:
    library = parts.build_library()
    asked = [spec for spec in library.vocabulary.values() if spec.ask]
    for pack in library.packs:
        chance = random.Random(SEED)
        lines = [json.dumps({"id": n, "facts": _household(asked, chance)}).encode() for n in range(COUNT)]
        found = speed(handler(pack, DAY, Asked.APPLICANT), lines)
        yield f"{pack:18} households: {found} (aim {AIM:,})"
    one = b'{"id": 1, "facts": {}}'
    yield f"the command answers its first line after {start_seconds('assess', line=one):.2f} s"


def _household(specs: list[FactSpec], chance: random.Random) -> dict[str, object]:
    return {spec.id: _value(spec, chance) for spec in specs if chance.random() < KNOWN}


def _value(spec: FactSpec, chance: random.Random) -> object:
    kind = spec.type.kind
    if kind == "bool":
        return chance.random() < 0.5
    if kind == "enum":
        return chance.choice(spec.type.values)
    if kind == "int":
        return chance.randint(1, 6)
    return round(chance.uniform(0, 1), 2) if spec.unit == "0..1" else chance.randrange(0, 60_000, 500)
