"""Facts that sums of money state: income, what care cost the household itself, what schooling costs."""

from __future__ import annotations

import itertools
import re

from nlu.money import Sum
from nlu.numerals import parse
from nlu.patterns import worded
from nlu.scope import ACTUAL, SELF, Scope
from nlu.stated import Stated

_SEVERAL_YEARS = re.compile(r"[几两三四五六七八十多]年(?:来|下来|里|间|了|花|看病|治)|前前后后|这些年|多年|历年|几年")
_PER_TIME = re.compile(r"[一每](?:个)?(?:礼拜|星期|周|次|回|趟|疗程)(?!年)")
_PEOPLE_EACH = re.compile(r"[0-9二两三四五六七八九]人均")  # «二人均在外务工» is no sum per head
_HEAD = re.compile(r"人均|每人|每个人|(?<![我俺他她就公子伴])一个?人|人头|平均|摊|[/／]人(?!均)|块一个")
_BARE = 24  # characters of a message that tells one sum and hardly more
_WHOLE_HOUSE = re.compile(r"全家|家里|家庭|一家|总收入|年收入|纯收入|家中|我家|俺家|屋里|两口子|夫妻俩?")
_ALL_LIVE_ON = worded("facts.all_live_on")
_NO_INCOME_BEFORE = worded("facts.no_income_before")
# «家庭经营性收入少 年不到2k», «获赔60万 实际到手20万»
_OF_A_TRADE = re.compile(r"经营(?:性)?(?:纯)?收入[^。]{0,9}$|赔[^。]{0,18}到手$")
_NO_INCOME_AFTER = re.compile(r"(?:元|块)?(?:钱)?(?:以下|以上才|的(?:标准|线)|就能|就可以|才能|才算|就算)")
_TIMES = worded("facts.times")
_DAYS = 10  # of work that a year has at least
_EXPECTED = worded("facts.expected_cost")
_BY_THE_PIECE = worded("facts.by_the_piece")
_PIECES_A_MONTH = worded("facts.pieces_a_month")
_DISPUTED_BEFORE = worded("facts.disputed_before")
_DISPUTED_AFTER = worded("facts.disputed_after")
_EACH_PIECE = re.compile(r"(?:块钱?|元)?(?:一|每|/)(?:盒|瓶|支|针|片|粒|袋|剂|副|管)")
_MONTHLY_BEFORE = re.compile(r"[每一]个?月|月月|按月")
_A_YEAR, _YEAR_WITHIN = re.compile(r"[去今前全头一]年"), 16  # before a sum, in characters
_SMALL = 3000  # CNY; a larger sum is no month's of whom «每个月» is said before
_GUESSED = re.compile(r"(?:预估|预计|估计|听说|说是|大概能)[^，。,]{0,3}$")
_EACH = re.compile(r"各|每人|每个|一人|一个人|人均|分别都是")
_SHARE = worded("facts.share")
_REPAID_SHARE = worded("facts.repaid_share")


def from_sums(stated: Stated, text: str, sums: list[Sum], scope: Scope) -> None:
    own = [
        s
        for s in sums
        if s.value is not None and scope.subject(s.start, s.end)[0] == SELF and scope.status(s.start, s.end) == ACTUAL
    ]
    _income(stated, text, own)
    _medical(stated, text, own, scope)
    _schooling(stated, text, own)


def _yearly(item: Sum, months: int = 12) -> float:
    assert item.value is not None
    return item.value * {"month": months, "half_year": 2}.get(item.period, 1)


_MONTHS_WORKED = re.compile(
    r"[^。]{0,6}?(?:做|干|打|开工|上班)(?:了|的)?(?:有|大概|也就|差不多)?([0-9]{1,2}|[二两三四五六七八九十]{1,2})个月"
)


def _of_its_months(text: str, item: Sum) -> float:
    """«一个月三千二，一年做十个月»: as many months as are worked."""
    worked = _MONTHS_WORKED.match(text, item.end) if item.period == "month" else None
    count = parse(worked[1])[0] if worked else None
    return _yearly(item, int(count) if count and count <= 12 else 12)


def _per_head(text: str, item: Sum) -> bool:
    """Whether the sum is said per head: «人均8500», and not the one before it in «年收入5.1万/人均8500»."""
    if not item.per_head or _PEOPLE_EACH.search(text, item.clause.start, item.start):
        return False
    return bool(_HEAD.search(text, item.clause.start, item.start) or _HEAD.match(text, item.end))


def _no_income(text: str, item: Sum) -> bool:
    """What is wished, a line of a rule, spent, laid out or taken from one trade is no income of the household."""
    return bool(
        _NO_INCOME_BEFORE.search(text[max(item.clause.start, item.start - 14) : item.start])
        or _NO_INCOME_AFTER.match(text, item.end)
        or _OF_A_TRADE.search(text[max(0, item.start - 24) : item.start])
        or _disputed(text, item)
    )


def _disputed(text: str, item: Sum) -> bool:
    """Whether others wrote the sum down and the speaker says that it is not so («填我家人均1万8，哪有那么多»)."""
    return bool(
        _DISPUTED_BEFORE.search(text[max(0, item.start - 20) : item.start])
        and _DISPUTED_AFTER.search(text[item.end : item.end + 40])
    )


def _of_known_time(text: str, item: Sum) -> bool:
    """Whether it is told what a year brings: a pension or wage without its month («养老金155») tells none."""
    if item.period == "half_year":
        return False
    named = item.role == "income_year" or item.period == "month"
    return named or bool(_A_YEAR.search(text, max(0, item.start - _YEAR_WITHIN), item.start))


def _lived_on(text: str, item: Sum) -> bool:
    """A wage by the month is the household's income only where it is said to be, or where nothing else is said."""
    if item.period != "month" or len(text) <= _BARE:
        return True
    return bool(_WHOLE_HOUSE.search(text, item.clause.start, item.start) or _ALL_LIVE_ON.search(text))


def _income(stated: Stated, text: str, own: list[Sum]) -> None:
    for item in own:
        if item.role == "other" and item.period == "day":
            times = _TIMES.search(text, item.end, item.end + 20)
            if times and item.value:
                count = parse(times[1])[0] or 0
                days = count * (1 if times[2] == "天" else 26)
                if times[2] == "天" and count >= _DAYS:  # «干一天歇两天» counts no days of a year
                    stated.state("income_year", item.value * days, item.start, times.end())
    earned = [s for s in own if s.role in ("income_year", "income_month") and not _no_income(text, s)]
    heads = [s for s in earned if _per_head(text, s) and s.role == "income_year"]
    whole = [s for s in earned if not _per_head(text, s) and _of_known_time(text, s) and _lived_on(text, s)]
    if heads:
        stated.state("income_per_capita", float(heads[0].value or 0), heads[0].start, heads[0].end)
    if not whole:
        return
    named = [s for s in whole if _WHOLE_HOUSE.search(text, s.clause.start, s.start)]
    compared = _compared(stated, text, whole)
    if not compared:
        whole = [s for s in whole if not _BEFORE.search(text[max(0, s.clause.start - 4) : s.start])]
        named = [s for s in named if s in whole]
        if not whole:
            return
    if compared:
        stated.state("income_year", _yearly(compared), compared.start, compared.end)
    elif named:
        stated.state("income_year", _of_its_months(text, named[0]), named[0].start, named[0].end)
    else:
        stated.state("income_year", sum(_of_its_months(text, s) for s in whole), whole[0].start, whole[-1].end)


_THE_YEAR = re.compile(r"去年|上一?年(?!年)|头年")
_NOW = re.compile(r"今年|现在|如今|眼下|这会儿")
_BEFORE = re.compile(r"往年|以前|过去|原来|原先|从前|前年|早几年|头几年|正常年景|那时候?|那会儿|那几年")
_FELL_TO = re.compile(r"(?:降|减|掉|跌|缩|少)(?:少|低)?(?:到|成|为|至)了?(?:只有|不到|只剩)?$")
_ONLY = re.compile(r"只|才|就(?!业)|不到|顶多")


def _compared(stated: Stated, text: str, whole: list[Sum]) -> Sum | None:
    """The income that counts where two years are set side by side (last year's, else the latest), never their sum."""
    for earlier, later in itertools.pairwise(whole):
        words = [text[s.clause.start : s.start] for s in (earlier, later)]
        fell = bool(_FELL_TO.search(words[1])) and later.start - earlier.end <= 10
        years = [bool(_BEFORE.search(w) or _THE_YEAR.search(w)) for w in words]
        if not fell and not (any(years) and any(_NOW.search(w) for w in words)):
            continue
        then, now = (later, earlier) if years[1] and not years[0] and not fell else (earlier, later)
        if fell or (_yearly(now) <= _yearly(then) / 2 and _ONLY.search(text[now.clause.start : now.start])):
            stated.state("income_dropped_sharply", True, min(then.start, now.start), max(then.end, now.end))
        last = _THE_YEAR.search(text[then.clause.start : then.start])
        return then if last and not fell else now
    return None


def _medical(stated: Stated, text: str, own: list[Sum], scope: Scope) -> None:
    paid = [
        s
        for s in own
        if s.role == "medical_self_paid"
        and not _FORMER_YEARS.search(text, max(s.clause.start - 12, 0), s.start)
        and not _NOT_PAID.search(text[max(0, s.start - 20) : s.start])
        and not _EXPECTED.search(text[max(0, s.start - 24) : s.start])
        and not re.match(r".{0,4}(?:已|都|全)(?:全部|部)?报销", text[s.end : s.end + 12])
    ]
    total = [s for s in own if s.role == "medical_total"]
    repaid = [s for s in own if s.role == "reimbursed"]
    if paid:
        first = _yearly_figure(text, paid)
        second = next((s for s in paid if s.start > first.end and _SECOND_TIME.search(text[first.end : s.start])), None)
        around = text[max(0, first.clause.start - 20) : first.end]
        if first.period not in ("month", "year") and _PER_TIME.search(around):
            return  # «每次透析自己掏六百»
        pieces = _by_the_piece(text, first)
        if pieces == 0:
            return
        if not _SEVERAL_YEARS.search(around) or first.period in ("month", "year"):
            # half a year's is not doubled: it was paid
            year = (first.value or 0) * (pieces or (12 if _each_month(text, first) else 1))
            if second and second.period != "month":
                year += second.value or 0
            stated.state("medical_self_paid_year", year, first.start, (second or first).end)
        return
    if len(total) == 1 and len(repaid) == 1 and (total[0].value or 0) > (repaid[0].value or 0):
        value = (total[0].value or 0) - (repaid[0].value or 0)
        stated.state("medical_self_paid_year", round(value, 2), total[0].start, max(total[0].end, repaid[0].end))
        return
    if len(total) == 1 and not repaid:
        share = _share(text, scope)
        if share is not None:
            stated.state(
                "medical_self_paid_year", round((total[0].value or 0) * share, 2), total[0].start, total[0].end
            )


def _by_the_piece(text: str, item: Sum) -> int | None:
    """How often a year the sum is paid that is said of one box, one injection, or after «每个月 …，»; 0: not known."""
    if item.period:
        return None
    if _BY_THE_PIECE.search(text[max(0, item.start - 8) : item.start]) or _EACH_PIECE.match(text, item.end):
        return 12 if _PIECES_A_MONTH.match(text, item.end) else 0
    begins = text[max(0, item.clause.start - 24) : item.clause.start]
    return 0 if (item.value or 0) < _SMALL and _MONTHLY_BEFORE.search(begins) else None


def _each_month(text: str, item: Sum) -> bool:
    """«一个月药钱两千» comes every month, what «上个月» brought does not."""
    if item.period != "month":
        return False
    words = text[item.clause.start : item.end + 4]
    return not _ONE_MONTH.search(words) or bool(_BY_THE_MONTH.search(words))


def _yearly_figure(text: str, paid: list[Sum]) -> Sum:
    """«一个月两千多，一年下来两万五»: the year's figure of the same cost, else the first."""
    first = paid[0]
    if first.period != "month":
        return first
    year = (s for s in paid[1:] if 10 <= (s.value or 0) / (first.value or 1) <= 13.5)
    return next(year, first)


def _share(text: str, scope: Scope) -> float | None:
    for pattern, turn in ((_SHARE, False), (_REPAID_SHARE, True)):
        match = pattern.search(text)
        guessed = bool(match and _GUESSED.search(text[max(0, match.start() - 8) : match.start()]))
        if match and not guessed and scope.subject(match.start(), match.end())[0] == SELF:
            percent = parse(match[1])[0] if match[1] else float(match[2]) if match[2] else None
            value = percent / 100 if percent is not None else (parse(match[3])[0] or 0) / 10
            return round(1 - value if turn else value, 4)
    return None


_ONE_MONTH = re.compile(r"(?:上|这|前|当)个?月|[0-9一二两三四五六七八九十]月份?|个月前")  # a date, and no rate
_BY_THE_MONTH = re.compile(r"[每一]个?月|月[均自]|按月|每月")
_FORMER_YEARS = re.compile(
    r"(?:往年|大?前年|前几年|早几年|以前|[二两三四五六七八九十]年前)(?!.{0,40}(?:今年|去年|现在|如今))"
)
_NOT_PAID = re.compile(
    r"(?:护工|保姆|陪护|尿不湿|尿布|纸尿裤|尿片)[^，。,]{0,9}$|(?<!报完)(?<!报了)还(?:差|缺|要准备)[^，。,]{0,3}$"
)
_SECOND_TIME = re.compile(r"二[回次]|第二|另外又|又住")
_NO_COST = re.compile(
    r"(?:还差|差着?|欠|缺|借)(?:了|着)?$|(?:看病|吃药|药费|治病)[^，。]{0,10}(?:上学|念书|读书|大学|学费)|一下子"
)
_LIVING_BY_MONTH = re.compile(r"(?:生活费|伙食费)[^，。,]{0,3}(?:每|一个)?月|月生活费")


def _by_year(text: str, costs: list[Sum]) -> list[Sum]:
    """«一学期4500，一年九千»: the year's figure says the term's once more."""
    for cost in costs:
        terms = text[cost.clause.start : cost.end + 4]
        doubled = [
            c for c in costs if (c.value or 0) == 2 * (cost.value or 0) and "年" in text[c.clause.start : c.start]
        ]
        if "学期" in terms and doubled:
            return doubled[:1]
    return costs


def _schooling(stated: Stated, text: str, own: list[Sum]) -> None:
    costs = [s for s in own if s.role == "tuition" and not _NO_COST.search(text[s.clause.start : s.start])]
    if not costs or _LIVING_BY_MONTH.search(text):
        return
    costs = _by_year(text, costs)
    total = largest = 0.0
    for item in costs:
        words = text[item.clause.start : item.end + 8]
        value = item.value or 0
        if item.period == "month":
            return
        if re.search(r"学期|每期|一期", words):
            value *= 2
        if _EACH.search(text[max(item.clause.start, item.start - 6) : item.start]):
            count = re.search(
                r"([俩仨两二三四2-4])(?:个)?(?:娃|孩子|小孩|学生|大学生|儿子|女儿)",
                text[max(0, item.end - 120) : item.end],
            )
            if count:
                value *= {"俩": 2, "仨": 3}.get(count[1]) or parse(count[1])[0] or 1
        total += value
        largest = max(largest, value)
    if (
        len(costs) > 1
        and largest > total - largest
        and re.search(r"一共|总共|怎么也得|加起来|合计|加生活费|算下来|下来", text)
    ):
        total = largest  # the last one sums the others up
    stated.state("schooling_cost_year", total, costs[0].start, costs[-1].end)
