"""A condition in plain Chinese, exactly as it is tested: with the names of facts and figures, not the pack's texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from policy_kb.conditions import Atom, Condition
from policy_kb.vocabulary import FactSpec, Vocabulary

COMPARED = {"<": "低于", "<=": "不高于", ">": "高于", ">=": "不低于", "=": "等于", "!=": "不等于"}
UNITS = {"person": "人", "day": "天", "CNY/year": "元", "CNY/person/year": "元"}


class Named(Protocol):
    """A figure, of whatever kind."""

    @property
    def zh(self) -> str: ...


class Speaker:
    """Says conditions of one pack."""

    def __init__(
        self, definitions: Mapping[str, Condition], vocabulary: Vocabulary, figures: Mapping[str, Named]
    ) -> None:
        self.definitions, self.vocabulary, self.figures = definitions, vocabulary, figures

    def say(self, condition: Condition, inside: bool = False) -> str:
        """The whole condition as one sentence; definitions are written out."""
        if condition.atom is not None:
            return self._atom(condition.atom)
        if condition.op == "ref":
            return self.say(self.definitions[condition.ref], inside)
        if condition.op == "not":
            (child,) = condition.children
            return self._atom(child.atom, no=True) if child.atom else f"并非（{self.say(child)}）"
        parts = [self.say(child, inside=True) for child in condition.children]
        if condition.op == "at_least":
            return f"（{'、'.join(parts)}）里至少占{condition.count}样"
        if len(parts) == 1:
            return parts[0]
        text = ("，并且" if condition.op == "all" else "，或者").join(parts)
        return f"（{text}）" if inside else text

    def tests(self, condition: Condition, no: bool = False) -> Iterator[tuple[str, str]]:
        """Every single test in it: the fact, and the test as it is said (`no`: below a negation)."""
        if condition.op == "ref":
            yield from self.tests(self.definitions[condition.ref], no)
        elif condition.atom is not None:
            yield condition.atom.fact, self._atom(condition.atom, no)
        for child in condition.children:
            yield from self.tests(child, no != (condition.op == "not"))

    def _atom(self, atom: Atom, no: bool = False) -> str:
        spec = self.vocabulary[atom.fact]
        if atom.op == "is":
            return f"没有“{spec.zh}”" if no else f"有“{spec.zh}”"
        if spec.kind == "enum":
            words = atom.value if isinstance(atom.value, tuple) else (str(atom.value),)
            is_ = "不是" if no != (atom.op == "!=") else "是"
            return f"“{spec.zh}”{is_}{'或'.join(_choice(spec, word) for word in words)}"
        return f"{'并非' * no}“{spec.zh}”{COMPARED[atom.op]}{self._number(atom, spec)}"

    def _number(self, atom: Atom, spec: FactSpec) -> str:
        if isinstance(atom.value, str):
            return f"“{self.figures[atom.value].zh}”"
        assert isinstance(atom.value, int | float)
        return f"{atom.value * 100:g}%" if spec.unit == "0..1" else f"{atom.value:.10g}{UNITS.get(spec.unit, '')}"


def _choice(spec: FactSpec, word: str) -> str:
    """The value of an enum as its button says it."""
    buttons = [*spec.buttons, *(button for part in spec.sub_questions for button in part.buttons)]
    return f"“{next((button.title for button in buttons if button.value == word), word)}”"
