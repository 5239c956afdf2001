"""Sums told without a unit, corrected, or beside words that mislead: their values and roles."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("我爸血压都飙到一百八了", []),
        ("娃考了五百六，考上了大专", []),
        ("受灾人口4.2万", []),
        ("房子在新国道107旁边", []),
        ("闺女雨露计划补助上学期1500未发", [("benefit", 1500)]),
        ("上月临时救助2000已收到 谢谢", [("benefit", 2000)]),
        ("大儿厂里上班月3200 年纯收入3.9w", [("income_month", 3200), ("income_year", 39000)]),
        ("两个娃学费5600、7400", [("tuition", 5600), ("tuition", 7400)]),
        ("青苗费补了四百块一亩", [("other", 400)]),
        ("今年辣椒掉到八毛一斤", [("price", 0.8)]),
        ("衬衣9块一件收进来的", [("price", 9)]),
        ("苞谷从一块二升到一块五", [("price", 1.2), ("price", 1.5)]),
        ("卖两块五公家收", [("price", 2.5)]),
        ("看病上学加一块三万出头", [("other", 30000)]),
        ("住院花了四万不是四万是四万二", [("medical_total", 42000)]),
        ("他在外头寄了两千回来", [("other", 2000)]),
        ("住院花了五万七千多回来只给报了一万九", [("medical_total", 57000), ("reimbursed", 19000)]),
    ],
)
def test_a_sum_without_a_unit_is_told_from_a_count(extractor, text, sums):
    assert [(a.role, a.value) for a in extractor.extract(text).amounts] == sums


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("报了六回名都没轮上，低保每个月三百五", ["benefit"]),
        ("手术费报价30万", ["medical_total"]),
        ("老板给我开工资三千二", ["income_month"]),
        ("养老保险一年交三千", ["price"]),
        ("老公一个月药费八百", ["medical_self_paid"]),
        ("低保一个月三百八，药费一个月五百", ["benefit", "medical_self_paid"]),
        ("政府给我家发了一头牛，卖了八千", ["price"]),
        ("单位赔了我三万，医药费花了五万", ["other", "medical_total"]),
        ("老公上个月从架子上摔下来，医药费花了三万二", ["medical_total"]),
        ("套取国家补贴二十万", ["other"]),
    ],
)
def test_a_form_takes_no_sum_of_another_kind(extractor, text, roles):
    assert [a.role for a in extractor.extract(text).amounts] == roles


def test_an_accusation_colours_the_sums_near_it_only(extractor):
    story = "我家四口人，爸爸瘫痪在床，妈妈要照顾他，弟弟还在读初中，家里种着六亩地。" * 14
    text = f"村干部贪污公款、挪用救灾款五十万。{story}我打工一个月两千八。"
    assert [(a.role, a.value) for a in extractor.extract(text).amounts] == [("other", 500000), ("income_month", 2800)]
