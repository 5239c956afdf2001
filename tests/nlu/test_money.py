"""Numerals and sums: elided, vague, ranges, formal; and what is no money."""

from __future__ import annotations

import json

import pytest

from nlu.evaluation import load_rows, score
from nlu.labelled_rows import LABELLED
from nlu.numerals import parse
from tests.nlu.conftest import shared


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("三万二", 32000),
        ("二百五", 250),
        ("1万2千", 12000),
        ("4千5", 4500),
        ("1.2w", 12000),
        ("6K", 6000),
        ("十来万", 100000),
        ("千把", 1000),
        ("上万", 10000),
        ("十几万", 150000),
        ("三十好几万", 350000),
        ("几万", None),
        ("好几千", None),
        ("数万", None),
        ("两万四两万五", 24500),
        ("九千九千", 9000),
        ("两三千", 2500),
        ("一两百", 150),
        ("一两万", 15000),
        ("一两", None),
        ("二两", None),
        ("十二三万", 125000),
        ("一万五六", 15500),
        ("万儿八千", 9000),
        ("小十万", 100000),
        ("五万多", 50000),
        ("三万二千五", 32500),
        ("一万零五百", 10500),
        ("12,800.50", 12800.5),
        ("三点五万", 35000),
        ("几十万", None),
    ],
)
def test_a_numeral_is_worth_what_people_mean(words, value):
    assert parse(words)[0] == value


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("今借到叁万伍仟元", [35000]),
        ("学费１２０００块", [12000]),
        ("手术得5-6万", [55000]),
        ("损失大概2万~3万", [25000]),
        ("月收入3000-4000元", [3500]),
        ("收据￥12,800.50", [12800.5]),
        ("转了RMB 3000", [3000]),
        ("苹果三块五一斤没人要", [3.5]),
        ("工资一天120", [120]),
        ("打120送去的", []),
        ("车费110，药费114", [110, 114]),
        ("打12345没人接", []),
        ("白菜五毛钱一斤", [0.5]),
        ("打工一万二一年", [12000]),
        ("不是五万是四万八", [48000]),
        ("花了五万，说错了，四万", [40000]),
        ("自费部分占了七八成", []),
        ("住了十五天院，三轮车也卖了", []),
        ("养了两百只鸡，三亩地", []),
        ("二十五床的病人", []),
        ("一百个不愿意", []),
        ("打12345热线", []),
        ("2019年3月5号", []),
        ("电话13800138000", []),
        ("三块地都荒了", []),
        ("丢了一块手表", []),
        ("七七八八花了不少", []),
        ("住在三元乡", []),
        ("欠300员工工资", []),
        ("一块三毛八一斤", [1.38]),
        ("八毛五一斤", [0.85]),
        ("每月4OO元", [400]),
        ("费用１２，６００．５０元", [12600.5]),
        ("欠我工资三万六一直不给", [36000]),
        ("是两万三，不是三万二", [23000]),
        ("每月交八百伙食费", [800]),
    ],
)
def test_a_sentence_holds_these_sums(extractor, text, sums):
    assert [a.value for a in extractor.extract(text).amounts] == sums


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("住院花了三万", "medical_total"),
        ("报完自己掏了三万", "medical_self_paid"),
        ("合作医疗报了三万", "reimbursed"),
        ("学费三万", "tuition"),
        ("一年打工挣三万", "income_year"),
        ("一个月工资三千", "income_month"),
        ("低保每月480元", "benefit"),
        ("欠信用社三万", "debt"),
        ("大棚冲了损失三万", "loss"),
        ("买化肥花了三千块", "price"),
        ("老板拖欠我工资三万", "other"),
        ("小工一天二百五", "other"),
        ("老伴得了肝硬化，一年自己掏三万多", "medical_self_paid"),
        ("孙子得了肾病，自费两万", "medical_self_paid"),
        ("我一个月拿一千八", "income_month"),
        ("儿子一年寄回来两万", "income_year"),
        ("人均一年四千来块", "income_year"),
        ("助学金一学期一千五", "benefit"),
        ("妻慢阻肺年自付0.9万", "medical_self_paid"),
        ("住了半个月院花了两万七", "medical_total"),
        ("少收六万块", "loss"),
        ("我摔断了腿，包工头赔了两万", "other"),
        ("住院押金先交了五千", "medical_total"),
        ("护工一天一百八", "medical_total"),
        ("肾移植费用四十万都是借的", "medical_total"),
        ("要上学还得交三千元罚款", "price"),
        ("一共四万八，自己掏的", "medical_self_paid"),
        ("在医院进行了长达一个月的治疗花费了五万五", "medical_total"),
        ("骗取国家补贴三十万", "other"),
        ("克扣补助款五千元", "benefit"),
    ],
)
def test_a_sum_is_what_its_clause_says(extractor, text, role):
    assert [a.role for a in extractor.extract(text).amounts] == [role]


def test_money_probes_are_read(extractor):
    right = total = 0
    for name in ("probes_money.jsonl", "probes_money2.jsonl"):
        for line in shared(name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found = [a.value for a in extractor.extract(row["text"]).amounts]
            low = row["lo"] if isinstance(row["lo"], list) else [row["lo"]]
            high = row["hi"] if isinstance(row["hi"], list) else [row["hi"]]
            total += 1
            if row["kind"] in ("neg", "ratio"):
                right += not found
            else:
                right += len(found) == len(low) and all(
                    v is None if row["kind"] == "approx" and v is None else a * 0.999 <= v <= b * 1.001
                    for v, a, b in zip(found, low, high, strict=False)
                )
    assert right / total >= 0.95


@pytest.mark.parametrize(("name", "floor"), [("amount value", 0.97), ("amount value+role", 0.92)])
def test_sums_of_chat_and_hotline_are_read(extractor, name, floor):
    assert score("amounts", load_rows(LABELLED / "amounts.yml"), extractor).tallies[name].f1 >= floor
