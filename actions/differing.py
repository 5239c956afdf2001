"""What would have to be different, in words (texts in `texts/different.yml`): for the household and for the card."""

from __future__ import annotations

from collections.abc import Mapping

from actions.office import Office
from actions.texts import Texts
from actions.wording import fact_line, shown_value
from policy_kb import Change, Difference, FactSpec


def sentences(office: Office, outcome: str, found: tuple[Difference, ...]) -> tuple[str, ...]:
    """One sentence for each difference; `outcome` is the verdict that it would turn."""
    texts = office.texts
    names = texts.get("result.categories")
    lines = []
    for difference in found:
        changes = texts.say("different.joined").join(_change(office, change) for change in difference.changes)
        category = str(names.get(difference.category, difference.category or ""))
        lines.append(texts.say(f"different.{outcome}", changes=changes, category=category))
    return tuple(dict.fromkeys(lines))


def _change(office: Office, change: Change) -> str:
    texts: Texts = office.texts
    spec = office.library.vocabulary.get(change.fact)
    if spec is None:
        return texts.say("different.other", fact=office.library.label(change.fact), now="")
    if change.bound is None and change.value is not None:
        return fact_line(texts.get("facts"), spec, change.value)
    now = shown_value(spec, change.now)
    if change.bound is None:
        return texts.say("different.other", fact=spec.zh, now=now)
    signs: Mapping[str, str] = texts.get("different.bound")
    said = signs[change.bound.op].format(fact=spec.zh, value=_amount(spec, change.bound.value))
    return said + texts.say("different.now", now=now)


def _amount(spec: FactSpec, value: float) -> str:
    """The bound as the fact is written; amounts to the yuan, since nobody counts an income in cents."""
    return shown_value(spec, float(round(value)) if spec.unit.startswith("CNY") and value >= 1 else value)
