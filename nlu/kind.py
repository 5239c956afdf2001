"""Which kind of message it is and, for a complaint, what about: features of words and places, weighed by data.

The weights are learned from examples (`nlu/kind_model.py`); the hand weights of `lexicon/kind.yml` are where learning
starts, and what answers where no model can be made.
"""

from __future__ import annotations

import re
from functools import cache

from nlu import kind_model
from nlu.hardships import Found
from nlu.lexicon_files import read_yaml
from nlu.patterns import worded
from nlu.scope import ACTUAL, SELF
from nlu.sieve import Gated
from nlu.terms import Hit, Hits, covered

KINDS = ("apply_help", "complaint", "question", "other")
TOPICS = (
    "not_included",
    "benefit_stopped_or_unpaid",
    "unfair_list",
    "fund_misuse",
    "cadre_conduct",
    "reimbursement_dispute",
    "land_house",
    "other",
)
HEAD, TAIL = 70, 90  # where a message says what it wants
_MOST = 6.0
_TITLE_LONGEST = 60
_SHORT = 200  # a longer text speaks of many things: what it is about is said first
_PLAIN_LONGEST = 40
_BARE = 4
_LISTS = ("help", "complaint", "question", "other")
_WAGE_LONGEST = 120  # a longer tale of wages is a grievance, whatever else it says
_END, _LAST = 14, 44  # characters in which the last words stand, and the last clause
_IN_PART = ("title", "end ", "ends ", "wants a deed")  # forms so named are not looked for in the whole text
_LOOK = 200  # characters that tell in what letters a text is written
_PLEADS = worded("kind.pleads")


def _forms() -> list[tuple[str, str, Gated | re.Pattern[str]]]:
    """The forms of kind.yml, each with the part of the text in which it is looked for ("": the whole); those looked
    for in a short part are plain patterns."""
    found: list[tuple[str, str, Gated | re.Pattern[str]]] = []
    for name, words in read_yaml("kind.yml")["forms"].items():
        part = next((begin for begin in _IN_PART if name.startswith(begin)), "")
        found.append((name, part, re.compile(words) if part else Gated(re.compile(words))))
    return found


_FORMS = _forms()


def title_end(text: str) -> int:
    """Where a title on a line of its own ends; 0 without one. A line that ends with a full stop is no title."""
    at = text.find("\n", 0, _TITLE_LONGEST)
    return at if 0 < at < len(text) - 20 and text[at - 1] != "。" else 0


def hand_weights() -> dict[str, dict[str, float]]:
    """Kind -> figure -> weight, as written in kind.yml."""
    weights: dict[str, dict[str, float]] = read_yaml("kind.yml")["weights"]
    return weights


def _words(hits: Hits, name: str, title_end: int) -> list[Hit]:
    """The hits of a list that count: each word once, the ones inside an excluded or a question phrase not at all."""
    stop = hits.get("kind_question", []) if name == "kind_complaint" else []
    never = hits.get("kind_not", [])
    seen: set[str] = set()
    kept = []
    for hit in hits.get(name, []):
        if hit.word in seen or covered(hit, stop, proper=True) or covered(hit, never):
            continue
        seen.add(hit.word)
        kept.append(hit)
    return kept


def features(text: str, hits: Hits, found: list[Found], title_end: int) -> dict[str, float]:
    """Named figures of a message; `nlu/lexicon/kind.yml` weighs each for each kind."""
    length = len(text)
    own = {f.type for f in found if f.subject == SELF and f.status == ACTUAL}
    wage = "job_loss" in own and bool(re.search(r"工资|工钱|薪|血汗", text))
    figures: dict[str, float] = {
        "own": min(4, len(own - ({"job_loss"} if wage else set()))) * (1.0 if length < 200 else 0.7),
        "wage": float(wage),
        "others": float(any(f.subject != SELF for f in found) and not own),
        "short": float(length < 60),
        "long": float(length > 250),
        "bias": 1.0,
    }
    figures["wage in need"] = float(wage and len(own) > 1 and length < _WAGE_LONGEST)
    line = kind_model.main_line(text[:_LOOK])
    figures["no Han"] = float(len(kind_model.HAN.findall(line)) * 3 < len(line))
    figures["pleads own"] = float(bool(own) and bool(_PLEADS.search(text)))
    said_of = dict.fromkeys(_LISTS, False)
    for name in _LISTS:
        head = body = tail = title = 0.0
        for hit in _words(hits, f"kind_{name}", title_end):
            size = 1.4 if len(hit.word) >= 4 else 1.0 if len(hit.word) > 1 else 0.5
            if hit.end <= title_end:
                title += size
            elif hit.start >= length - TAIL:
                tail += size
            elif hit.end <= title_end + HEAD:
                head += size
            else:
                body += size
        said_of[name] = bool(title or head or body or tail)
        figures.update(
            {
                f"{name} title": min(_MOST, title),
                f"{name} head": min(_MOST, head),
                f"{name} body": min(_MOST, body),
                f"{name} tail": min(_MOST, tail),
            }
        )
    opening = text[:title_end] or text[:40]
    last = text[-_LAST:].rstrip()
    parts = dict(zip(_IN_PART, (opening, text[-_END:].rstrip(), last, last), strict=True))
    for name, begin, pattern in _FORMS:
        figures[name] = 1.0 if pattern.search(parts.get(begin, text)) else 0.0
    if figures["ends asking a deed"]:
        figures["ends asking"] = 0.0  # what he asks is to be done, not to be told
    figures["asks behind trouble"] = float(bool(own) and bool(figures["ends asking"]))
    complains = said_of["complaint"] or figures["blames someone"]
    if length > _PLAIN_LONGEST or own - {"other"} or complains:  # a story or a grievance may hold asking words too
        figures["asks plainly"] = 0.0
    if not any(said_of.values()) and not found:
        figures["long"] = 0.0  # length alone is no grievance
    figures["says nothing"] = float(not found and not said_of["help"] and not said_of["complaint"])
    return figures


def kind_of(text: str, hits: Hits, found: list[Found], title_end: int) -> str:
    """apply_help | complaint | question | other."""
    plain = hits.get("kind_plain", [])
    asks_nothing = plain and not hits.get("kind_help") and not hits.get("kind_complaint") and not found
    if asks_nothing and len(text) <= 20 and len(text) - sum(h.end - h.start for h in plain) <= 4:
        return "other"
    if len(text.strip()) <= _BARE and not found and not any(hits.get(f"kind_{name}") for name in _LISTS):
        return "other"  # a name, a number, a place: nothing is asked or blamed
    figures = features(text, hits, found, title_end)
    learned = kind_model.KIND.tables()
    if learned:
        return learned["kind"].choose(figures, kind_model.groups_for_kind(text, title_end))
    return kind_by_hand(figures)


def kind_by_hand(figures: dict[str, float]) -> str:
    """The kind by the hand weights alone."""
    scores = {kind: sum(hand_weights()[kind].get(name, 0.0) * v for name, v in figures.items()) for kind in KINDS}
    return max(KINDS, key=lambda k: scores[k])


def topic_weights() -> dict[str, dict[str, float]]:
    """Topic -> figure -> weight where learning begins, as written in kind.yml."""
    weights: dict[str, dict[str, float]] = read_yaml("kind.yml")["topic_weights"]
    return weights


def topic_figures(text: str, hits: Hits, title_end: int) -> dict[str, float]:
    """How much is said of each topic: the topic's name -> where its rule holds, «near …» -> words alone."""
    scores: dict[str, float] = {}
    seen: set[tuple[str, str]] = set()
    for hit in hits.get("topic", []):
        if (hit.data, hit.word) in seen:
            continue
        seen.add((hit.data, hit.word))
        scores[hit.data] = scores.get(hit.data, 0.0) + (2.0 if hit.end <= title_end else 1.0) * (
            1.4 if len(hit.word) >= 4 else 1.0
        )
    rules = read_yaml("kind.yml")["topic_rules"]
    figures = {"bias": 1.0}
    for topic, score in scores.items():
        rule = rules[topic]
        holds = re.search(rule["needs"], text) and score >= rule["least"] * (1.0 if len(text) < 120 else 1.6)
        figures[topic if holds else f"near {topic}"] = min(_MOST, score)
    figures.update(_subjects(text if len(text) <= _SHORT else text[: title_end + HEAD]))
    return figures


@cache
def _subject_forms() -> dict[str, re.Pattern[str]]:
    """The forms of a complaint's subject matter; those that join two others have no pattern of their own."""
    return {name: re.compile(words) for name, words in read_yaml("kind.yml")["topic_forms"].items()}


def _subjects(text: str) -> dict[str, float]:
    """Which subject matter is named: the form's name -> 1, also for two named together."""
    named: dict[str, float] = {}
    for name, pattern in _subject_forms().items():
        parts = name.split(" & ")
        if all(part in named for part in parts) if len(parts) > 1 else pattern.search(text):
            named[name] = 1.0
    return named


def topic_by_hand(figures: dict[str, float]) -> str:
    """The topic most spoken of; `other` where nothing of the list is plainly spoken of."""
    scores = {topic: figures[topic] for topic in figures if topic in TOPICS}
    return max(scores, key=lambda t: scores[t]) if scores else "other"


def topic_of(text: str, hits: Hits, title_end: int) -> str:
    """The complaint's topic."""
    figures = topic_figures(text, hits, title_end)
    learned = kind_model.KIND.tables()
    if learned:
        return learned["topic"].choose(figures, kind_model.groups(text, title_end, kind_model.TOPIC_EVEN))
    return topic_by_hand(figures)
