"""Which kind of message it is and, for a complaint, what about: weighed words of data, the opening heaviest."""

from __future__ import annotations

import re

from nlu.hardships import Found
from nlu.lexicon_files import read_yaml
from nlu.scope import ACTUAL, SELF
from nlu.terms import Hits

KINDS = ("apply_help", "complaint", "question", "other")
TOPICS = ("not_included", "benefit_stopped_or_unpaid", "unfair_list", "fund_misuse", "cadre_conduct",
          "reimbursement_dispute", "land_house", "other")


def _weighed(hits: Hits, name: str, title_end: int, length: int, cap: float) -> float:
    total = 0.0
    seen: set[str] = set()
    for hit in hits.get(name, []):
        if hit.word in seen:
            continue
        seen.add(hit.word)
        share = 2.0 if hit.end <= title_end else 1.3 if hit.end > length - 60 else 1.0
        total += share * (1.5 if len(hit.word) >= 4 else 1.0 if len(hit.word) > 1 else 0.6)
    return min(total, cap)


def kind_of(text: str, hits: Hits, found: list[Found], title_end: int) -> str:
    """apply_help | complaint | question | other."""
    length = len(text)
    own = {f.type for f in found if f.subject == SELF and f.status == ACTUAL}
    scores = {
        "apply_help": _weighed(hits, "kind_help", title_end, length, 12) * 1.3,
        "complaint": _weighed(hits, "kind_complaint", title_end, length, 12),
        "question": _weighed(hits, "kind_question", title_end, length, 8) * 0.9,
        "other": _weighed(hits, "kind_other", title_end, length, 6) * 0.8,
    }
    scores["apply_help"] += min(4.0, 1.2 * len(own)) * (1.0 if length < 200 else 0.7)
    title = text[:title_end]
    if re.search(r"[?？]|[吗呢]\s*$|不$|没$", text[-12:].rstrip()):
        scores["question"] += 1.5
    if length <= 20 and hits.get("kind_plain") and not hits.get("kind_help") and not hits.get("kind_complaint"):
        rest = length - sum(h.end - h.start for h in hits["kind_plain"])
        if rest <= 4 and not own:
            return "other"
    if title:
        for kind, pattern in (("question", r"咨询|请问|[?？]\s*$"), ("complaint", r"投诉|举报|反映"),
                              ("apply_help", r"求助|请求.*(?:救助|帮助)|困难"), ("other", r"建议|感谢")):
            if re.search(pattern, title):
                scores[kind] += 3.0
    best = max(KINDS, key=lambda k: scores[k])
    return best if scores[best] > 0.5 else "other"


def topic_of(text: str, hits: Hits, title_end: int) -> str:
    """The complaint's topic; `other` where nothing of the list is plainly spoken of."""
    scores: dict[str, float] = {}
    seen: set[tuple[str, str]] = set()
    for hit in hits.get("topic", []):
        if (hit.data, hit.word) in seen:
            continue
        seen.add((hit.data, hit.word))
        scores[hit.data] = scores.get(hit.data, 0.0) + (2.0 if hit.end <= title_end else 1.0) * (
            1.4 if len(hit.word) >= 4 else 1.0)
    rules = read_yaml("kind.yml")["topic_rules"]
    for topic in list(scores):
        rule = rules[topic]
        if not re.search(rule["needs"], text) or scores[topic] < rule["least"] * (1.0 if len(text) < 120 else 1.6):
            del scores[topic]
    return max(scores, key=lambda t: scores[t]) if scores else "other"
