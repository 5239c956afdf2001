"""Whether what a clause says is so: denied, only supposed, or over; decided by clauses."""

from __future__ import annotations

import re

from nlu.clauses import Clause, Clauses, within
from nlu.patterns import worded
from nlu.terms import Hits, covered

STATUSES = ACTUAL, NEGATED, HYPOTHETICAL, PAST = "actual", "negated", "hypothetical", "past_resolved"

# Between a denial and what it denies only these may stand («没有人得过什么大病»).
_FILLER = worded("status.filler")
_DENIED_AFTER = worded("status.denied_after")
_DENIED_NOT = worded("status.denied_not")
_REALLY_DENIED = worded("status.really_denied")
_OVER = worded("status.over_after")
_OVER_NOT = worded("status.over_not")
_UNTRUE = worded("status.over_untrue")
_HARMLESS = worded("status.harmless")
_TOLD_DENIED = worded("status.told_denied")
_TOLD_PAST = worded("status.told_past")
_TOLD_SUPPOSED = worded("status.told_supposed")
_SUPPOSES = worded("status.supposes")
_SUPPOSED_THEN = worded("status.supposed_then")
_GOT_BACK = worded("status.got_back")
_YOUNG = worded("status.young")
_MARKED = re.compile(r"[，,。、；;：:！!？?\s]")
_BUILT = re.compile(r"[盖起修建置造]")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年")
_SHORT_YEAR = worded("status.short_year")
_AGO = re.compile(r"(?:([0-9]{1,2})|([一二两三四五六七八九十]{1,3}))(?:几|多|来)?年(?:前|以前|之前|了)")
_LETTERS_SINCE, _CHATS_SINCE = 2010, 2022  # nobody writes before: what names older years only looks back
_LONG_YEARS = 8
_YEARS_AGO, _YEARS_SINCE = 3, 5  # «三年前走的» and «走了五年了» are long past, «走了三年了» is felt still
_OVER_REACH = 60  # characters after a word within which it may be told to be over
_OVER_BEFORE = 6  # characters before the sign that it is over within which that may be denied
_TAIL = 12  # characters after a word within which it may still be denied
_NEAR_QUESTION = 6  # characters between «有没有» and what it asks about
_REPORT = 200  # a note of a check is shorter
_ASKED_OF_ONE = ("是否", "有没有", "是不是")


class Status:
    """Answers «is it so» for any range of one reading copy."""

    def __init__(self, text: str, clauses: Clauses, hits: Hits) -> None:
        self.text, self.clauses, self.hits = text, clauses, hits
        neg_stop = hits.get("neg_not", [])
        self._neg = [h for h in hits.get("neg", []) if not covered(h, neg_stop)]
        hypo_stop = hits.get("hypo_not", [])
        self._hypo = [h for h in hits.get("hypo", []) if not covered(h, hypo_stop)]
        years = [int(y) for y in _YEAR.findall(text)]
        earliest = _LETTERS_SINCE if len(text) > _REPORT else _CHATS_SINCE
        self._latest_year = max([*years, earliest]) if years else 2026

    def of(self, start: int, end: int) -> str:
        """actual, negated, hypothetical or past_resolved."""
        clause = self.clauses.at(start)
        if self._is_negated(clause, start, end) or _UNTRUE.match(self.text[end : end + _TAIL]):
            return NEGATED
        if self._is_hypothetical(clause, start, end):
            return HYPOTHETICAL
        if self._is_resolved(clause, end) or self._is_over(end) or self._is_thanked_for(clause, start):
            return PAST
        return ACTUAL

    def of_told(self, start: int, end: int) -> str:
        """As `of`, of a whole clause, in which the denial, the supposition or the past may stand itself."""
        words = self.text[start:end]
        if _TOLD_DENIED.search(words):
            return NEGATED
        if _TOLD_SUPPOSED.search(words):
            return HYPOTHETICAL
        return PAST if _TOLD_PAST.search(words) else self.of(start, end)

    def harmless(self, end: int) -> bool:
        """Whether what befell somebody is said to have hurt nobody («摔了一跤，没摔坏»)."""
        return bool(_HARMLESS.match(self.text[end : end + _TAIL + _TAIL]))

    def denied_between(self, start: int, end: int) -> bool:
        """Whether a denial stands between the two words of a pair («房子没塌»)."""
        return any(self.text[h.end : h.end + 1] not in ("还", "付", "清", "结") for h in within(self._neg, start, end))

    def supposed_between(self, start: int, end: int) -> bool:
        """Whether a supposition stands between the two words of a pair («房子要是塌了»)."""
        return any(_SUPPOSES.fullmatch(h.word) for h in within(self._hypo, start, end))

    def _is_negated(self, clause: Clause, start: int, end: int) -> bool:
        for hit in within(self._neg, clause.start, start):
            if _FILLER.match(self.text[hit.end : start]):
                if hit.word == "不" and not _REALLY_DENIED.match(self.text, hit.end):
                    continue
                return True
        stop = self.clauses.items[clause.index + 1].end if clause.index + 1 < len(self.clauses.items) else clause.end
        tail = self.text[end : min(stop, end + _TAIL)]
        return bool(_DENIED_AFTER.match(tail)) and not _DENIED_NOT.match(tail)

    def _is_hypothetical(self, clause: Clause, start: int, end: int) -> bool:
        for hit in within(self._hypo, clause.start, clause.end):
            if hit.start < start and not (hit.word in _ASKED_OF_ONE and start - hit.end > _NEAR_QUESTION):
                return True
            if hit.word == "的话" and hit.start >= end and hit.start - end <= 4:
                return True
        if not clause.index:
            return False
        before = self.clauses.items[clause.index - 1]
        if before.sentence != clause.sentence:
            return False
        if not _MARKED.match(self.text, clause.start - 1) and any(
            _SUPPOSES.fullmatch(h.word) for h in within(self._hypo, before.start, before.end)
        ):
            return True  # only a spoken break parts them («要是以后 | 家里人得了大病»)
        opens = within(self._hypo, before.start, min(before.end, before.start + 8))
        supposed = any(_SUPPOSES.fullmatch(h.word) for h in opens)
        return supposed and bool(_SUPPOSED_THEN.match(self.text[clause.start : clause.start + 8]))

    def _is_resolved(self, clause: Clause, end: int) -> bool:
        blockers = self.hits.get("resolved_not", [])
        stop = clause.end
        if clause.index + 1 < len(self.clauses.items):
            after = self.clauses.items[clause.index + 1]
            if after.sentence == clause.sentence:
                stop = after.end
        return any(not covered(h, blockers) for h in within(self.hits.get("resolved", []), end, stop))

    def _is_over(self, end: int) -> bool:
        """Whether the sentence goes on to say that it is over («摔断了腿，现在长好能下地了»)."""
        told = _OVER.match(self.text[end : end + _OVER_REACH])
        if told is None:
            return False
        last = end + told.end()
        return not _OVER_NOT.search(self.text[max(end, last - _OVER_BEFORE - 6) : last + 2])

    def _is_thanked_for(self, clause: Clause, start: int) -> bool:
        return bool(self.hits.get("thanks")) and bool(_GOT_BACK.search(self.text[clause.start : start]))

    def found_untrue(self) -> bool:
        """Whether a note says that what was claimed is not so («核实……不属实»)."""
        return len(self.text) < _REPORT and bool(self.hits.get("untrue"))

    def in_old_days(self, start: int) -> bool:
        """Whether childhood or old days open the clause, or stand right before it («那时候家里穷»)."""
        told = within(self.hits.get("long_ago", []), max(0, self.clauses.at(start).start - 5), start)
        return any(not _BUILT.match(self.text, h.end) for h in told)  # a house built long ago is lived in now

    def long_past(self, start: int, end: int) -> bool:
        """Whether a death is told as long past: childhood, decades, or a year well before the latest one named."""
        clause = self.clauses.at(start)
        first = clause
        if clause.index:
            before = self.clauses.items[clause.index - 1]
            if before.sentence == clause.sentence and start - before.start < 40:
                first = before
        stop = min(clause.end + _TAIL, len(self.text))
        words = self.text[first.start : stop]
        past = within(self.hits.get("past", []), first.start, clause.end)
        if any(not _BUILT.match(self.text, h.end) for h in past) or _YOUNG.search(words):
            return True
        if _SHORT_YEAR.search(words):
            return True
        for match in _AGO.finditer(self.text, clause.start, stop):
            count = int(match[1]) if match[1] else _chinese_years(match[2])
            if count >= (_YEARS_SINCE if match[0].endswith("了") else _YEARS_AGO):
                return True
        return any(self._latest_year - int(y) >= _LONG_YEARS for y in _YEAR.findall(words)[:1])


def _chinese_years(words: str) -> int:
    total, digit = 0, 0
    for char in words:
        if char == "十":
            total += (digit or 1) * 10
            digit = 0
        else:
            digit = {"两": 2}.get(char, "零一二三四五六七八九".find(char))
    return total + max(0, digit)
