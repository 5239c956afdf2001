"""Facts that say the same as a hardship («家里遭了灾»): what the table holds of the clauses has a say in them too.

Words alone state an accident for «电动车撞坏了», and miss one in «从房顶上滚下来». So a fact that words state of a text
in which no clause is likely to tell that hardship is left out, and one whose hardship the own household has, with a
clause that surely tells it, is stated. A wrong fact in an application is worse than a question asked: in a grievance
and in a question the bars stand higher.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from nlu.hardship_choice import by_table
from nlu.hardships import Found
from nlu.lexicon_files import read_yaml
from nlu.scope import ACTUAL, SELF
from nlu.stated import Stated


class Bars(NamedTuple):
    """Log odds that some clause tells the hardship: a fact is left out below `dropped` and given above `given`."""

    dropped: float
    given: float


# Chosen on 2,400 messages of eight writers of whom the table had learned nothing.
APPLYING, ELSE = Bars(-3.0, 1.5), Bars(-2.0, 2.0)


def weigh(stated: Stated, kept: Sequence[Found], odds: Mapping[str, float], kind: str) -> None:
    """Drop facts that hardly any clause tells and give those that one surely does, by facts.yml `same_as_hardships`.

    kept: the hardships of the text; odds: of each type, as `hardship_choice.Verdict` has them; kind: of the message.
    """
    if not odds:
        return
    bars = APPLYING if kind == "apply_help" else ELSE
    for fact, (hardship, by_itself) in _same().items():
        if stated.values.get(fact) is True and odds[hardship] < bars.dropped:
            stated.forget(fact)
        elif by_itself and odds[hardship] > bars.given and (told := _given(kept, hardship)) is not None:
            stated.state(fact, True, told.start, told.end)


def _given(kept: Sequence[Found], hardship: str) -> Found | None:
    """The hardship of the own household that the table gave: what a word of the lexicons states, its entry says."""
    for found in kept:
        if found.type == hardship and found.subject == SELF and found.status == ACTUAL and by_table(found):
            return found
    return None


@cache
def _same() -> dict[str, tuple[str, bool]]:
    """Fact → its hardship, and whether that hardship is by itself the fact."""
    rows = read_yaml("facts.yml")["same_as_hardships"]
    return {fact: (row["hardship"], bool(row.get("by_itself"))) for fact, row in rows.items()}
