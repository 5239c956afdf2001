"""A long complaint is about the quarrel: its sums and its work are not taken for the household's."""

from __future__ import annotations

QUARREL = (
    "我在县城那家家具厂干了三年，合同上写月工资4200元，今年三月起厂里只发一半，说效益不好，活也不稳定，有一天没一天。"
    "我们去找厂长，厂长让等，去找劳动监察，说材料不全。九月份厂子关了门，连门卫都换了人，我们十几个工友的工资到现在没有着落，"
    "光我一个就欠了一万八。请问这样的事情到底由哪个部门来管，为什么跑了半年没有一个人给句准话，请领导过问。"
)


def test_what_a_long_grievance_says_by_the_way_is_no_fact_of_the_household(extractor):
    found = extractor.extract(QUARREL)
    assert found.intent == "complaint"
    assert "employment_unstable" not in found.facts
    assert "income_year" not in found.facts


def test_the_same_said_in_short_is_one(extractor):
    assert extractor.extract("我在家具厂干活，有一天没一天的，家里就靠这点钱").facts.get("employment_unstable") is True
