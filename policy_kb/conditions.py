"""Condition trees: what `when:` in a pack may say (the grammar is in packs/README.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypedDict

from policy_kb.hints import nearest
from policy_kb.yamlfile import Path_

OPERATORS = ("all", "any", "not", "at_least", "ref", "test")
MARKS = ("id", "clause", "text", "interpretation")
FACT = r"(?P<fact>[a-z][a-z0-9_]*)"
BOOL = re.compile(rf"^(?P<no>not\s+)?{FACT}$")
COMPARE = re.compile(rf"^{FACT}\s*(?P<op><=|>=|!=|=|<|>)\s*(?P<value>[A-Za-z0-9_.]+)$")
IN = re.compile(rf"^{FACT}\s+in\s+\[(?P<values>[^\]]*)\]$")


@dataclass(frozen=True)
class Atom:
    """One test of one fact.

    `op`: is | in | < | <= | > | >= | = | != ; `value`: None, a tuple of words, or a number or name.
    """

    fact: str
    op: str
    value: tuple[str, ...] | float | str | None = None

    def __str__(self) -> str:
        if self.op == "is":
            return self.fact
        if isinstance(self.value, tuple):
            return f"{self.fact} in [{', '.join(self.value)}]"
        value = f"{self.value:.10g}" if isinstance(self.value, float) else self.value
        return f"{self.fact} {self.op} {value}"


@dataclass(frozen=True)
class Condition:
    """A node of a tree. `op`: all | any | not | at_least | ref | atom."""

    op: str
    children: tuple[Condition, ...] = ()
    atom: Atom | None = None
    count: int = 0
    ref: str = ""
    id: str = ""
    clause: str = ""
    text: str = ""
    interpretation: str = ""
    path: Path_ = field(default=(), compare=False)

    def walk(self) -> Iterator[Condition]:
        """This node and all below it, references not followed."""
        yield self
        for child in self.children:
            yield from child.walk()


class Marks(TypedDict, total=False):
    """What any node may carry."""

    id: str
    clause: str
    text: str
    interpretation: str


class ConditionFaults(ValueError):
    """Everything wrong in one tree: pairs of (path inside the tree, sentence)."""

    def __init__(self, faults: list[tuple[Path_, str]]) -> None:
        self.faults = faults
        super().__init__("; ".join(message for _, message in faults))


def parse_condition(raw: Any) -> Condition:
    """Reads a tree as written in YAML; raises `ConditionFaults` with all faults at once."""
    faults: list[tuple[Path_, str]] = []
    condition = _node(raw, (), faults)
    if faults:
        raise ConditionFaults(faults)
    return condition


def parse_atom(text: str) -> Condition | None:
    """An atom (a `not x` becomes a negated atom), or None when the text is none."""
    if match := BOOL.match(text.strip()):
        atom = Condition("atom", atom=Atom(match["fact"], "is"))
        return Condition("not", (atom,)) if match["no"] else atom
    if match := COMPARE.match(text.strip()):
        return Condition("atom", atom=Atom(match["fact"], match["op"], _number_or_name(match["value"])))
    if match := IN.match(text.strip()):
        words = tuple(word.strip() for word in match["values"].split(",") if word.strip())
        return Condition("atom", atom=Atom(match["fact"], "in", words)) if words else None
    return None


def _number_or_name(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _node(raw: Any, path: Path_, faults: list[tuple[Path_, str]]) -> Condition:
    if isinstance(raw, str):
        return _atom(raw, Marks(), path, faults)
    if not isinstance(raw, dict):
        faults.append((path, f"Found {raw!r}; expected a condition: an atom such as `serious_illness`, or a mapping."))
        return Condition("all")
    marks = Marks(**{name: str(raw[name]) for name in MARKS if raw.get(name) is not None})  # type: ignore[typeddict-item]
    for key in raw:
        if key not in OPERATORS and key not in MARKS:
            near = nearest(key, OPERATORS + MARKS)
            hint = f"; did you mean {near!r}?" if near else "."
            faults.append(
                ((*path, key), f"Found the key `{key}`; a condition knows {', '.join(OPERATORS + MARKS)}{hint}")
            )
    used = [name for name in OPERATORS if name in raw]
    if len(used) != 1:
        found = ", ".join(used) or "none"
        faults.append((path, f"Found {found} of the operators {', '.join(OPERATORS)}; expected exactly one."))
        return Condition("all")
    if marks.get("text") and not marks.get("clause"):
        faults.append((path, "Found a text without a clause; add the clause address it stands for."))
    return _operator(used[0], raw[used[0]], marks, path, faults)


def _operator(op: str, value: Any, marks: Marks, path: Path_, faults: list[tuple[Path_, str]]) -> Condition:
    here = (*path, op)
    if op == "test":
        return _atom(value, marks, here, faults)
    if op == "ref":
        return Condition("ref", ref=str(value), path=here, **marks)
    if op == "not":
        return Condition("not", (_node(value, here, faults),), path=path, **marks)
    count = 0
    if op == "at_least":
        if not isinstance(value, dict) or set(value) != {"count", "of"} or not isinstance(value["count"], int):
            faults.append((here, "Expected `at_least: {count: whole number, of: [conditions]}`."))
            return Condition("all")
        count, value, here = value["count"], value["of"], (*here, "of")
    if not isinstance(value, list) or not value:
        faults.append((here, f"Found {value!r}; expected a list with at least one condition."))
        return Condition("all")
    children = tuple(_node(item, (*here, index), faults) for index, item in enumerate(value))
    return Condition(op, children, count=count, path=path, **marks)


def _atom(raw: Any, marks: Marks, path: Path_, faults: list[tuple[Path_, str]]) -> Condition:
    parsed = parse_atom(raw) if isinstance(raw, str) else None
    if parsed is None:
        faults.append(
            (path, f"Found {raw!r}; expected a test like `fact`, `not fact`, `fact < 5000` or `fact in [a, b]`.")
        )
        return Condition("all")
    if parsed.op == "not":
        return Condition("not", parsed.children, path=path, **marks)
    return Condition("atom", atom=parsed.atom, path=path, **marks)
