"""From what the desk gives to what a page shows: marked words, days and hours as people write them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from actions.cardviews import FactLine
from actions.clock import SHANGHAI
from actions.transcript import Line


@dataclass(frozen=True)
class Part:
    """A piece of a text; `fact` names what was understood from it, None where nothing was."""

    text: str
    fact: str | None = None


@dataclass(frozen=True)
class TalkLine:
    author: str
    at: str
    parts: list[Part]


def marked(text: str, spans: Iterable[tuple[int, int, str]]) -> list[Part]:
    """`text` cut at the spans (start, end, label; code points). Spans that overlap are shown as one with all labels."""
    parts: list[Part] = []
    done = 0
    for start, end, label in _merged(text, spans):
        parts.append(Part(text[done:start]))
        parts.append(Part(text[start:end], label))
        done = end
    parts.append(Part(text[done:]))
    return [part for part in parts if part.text]


def _merged(text: str, spans: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    merged: list[tuple[int, int, str]] = []
    for start, end, label in sorted(spans):
        if not 0 <= start < end <= len(text):
            continue
        if merged and start < merged[-1][1]:
            first, last, labels = merged[-1]
            merged[-1] = (first, max(last, end), labels if label in labels.split("、") else f"{labels}、{label}")
        else:
            merged.append((start, end, label))
    return merged


def talk(lines: Iterable[Line], facts: Iterable[FactLine] = ()) -> list[TalkLine]:
    """A conversation with the words marked that became facts."""
    spans: dict[int, list[tuple[int, int, str]]] = {}
    for fact in facts:
        if fact.inbound_id is not None and fact.start is not None and fact.end is not None:
            spans.setdefault(fact.inbound_id, []).append((fact.start, fact.end, fact.label))
    return [TalkLine(line.author, moment(line.at), marked(line.text, _spans_of(line, spans))) for line in lines]


def _spans_of(line: Line, spans: dict[int, list[tuple[int, int, str]]]) -> list[tuple[int, int, str]]:
    """A reply carries the id of the message it answers; only the message itself holds the words."""
    return spans.get(line.inbound_id or 0, []) if line.author == "person" else []


def marked_words(text: str, facts: Iterable[FactLine]) -> list[Part]:
    """The household's own words with every stretch marked that a fact was read from."""
    spans = []
    for fact in facts:
        found = text.find(fact.words) if fact.words and fact.start is not None else -1
        if found >= 0 and fact.words:
            spans.append((found, found + len(fact.words), fact.label))
    return marked(text, spans)


def day(value: date | None) -> str:
    """«2026年3月2日»."""
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def short_day(value: date | None) -> str:
    """«3月2日»."""
    return f"{value.month}月{value.day}日" if value else ""


def moment(value: datetime | None) -> str:
    """«3月2日 09:05» in Asia/Shanghai."""
    if value is None:
        return ""
    local = value.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def hour(value: datetime | None) -> str:
    """«09:05» in Asia/Shanghai."""
    return f"{value.astimezone(SHANGHAI):%H:%M}" if value else ""


def form_moment(value: datetime) -> str:
    """«2026-03-02T09:05» in Asia/Shanghai, as a form sends it."""
    return f"{value.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"
