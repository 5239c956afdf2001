"""Whatever is sent gets an answer in linear time, and every span is a slice of what was sent."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.normalise import read

PIECES = [
    "我爹",
    "肺癌",
    "花了",
    "三万二",
    "五口人",
    "没有",
    "１２０００块",
    "臺灣",
    "，",
    "。",
    "\n",
    "\u200b",
    "\ud800",
    "\x00",
    "😭",
    "13800138000",
    "341221197001010010",
    "_x000D_",
    "底保",
    "两三千",
    "学费",
    "西吉县",
    " ",
    "欠",
    "万",
    "如果",
]
texts = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))


def spans(found):
    for group in (
        found.hardships,
        found.amounts,
        found.names,
        found.phones,
        found.id_numbers,
        found.places,
        found.receipts,
        [d for d in (found.danger,) if d],
    ):
        yield from group


@settings(max_examples=150, deadline=None)
@given(texts)
def test_every_span_is_exactly_that_slice_of_the_text_as_given(extractor, text):
    found = extractor.extract(text)
    for mention in spans(found):
        assert 0 <= mention.start < mention.end <= len(text)
        assert mention.text == text[mention.start : mention.end]
    for span in found.fact_spans.values():
        assert 0 <= span.start <= span.end <= len(text)
    assert set(found.fact_spans) == set(found.facts)


@settings(max_examples=150, deadline=None)
@given(texts)
def test_the_reading_copy_knows_where_each_character_came_from(text):
    reading = read(text)
    assert len(reading.text) == len(reading.starts) == len(reading.ends)
    assert all(a < b <= len(text) for a, b in zip(reading.starts, reading.ends, strict=True))
    assert reading.starts == sorted(reading.starts)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00" * 100,
        "\ud800",
        "/affirm",
        "{{7*7}}",
        "' OR 1=1 --",
        "<script>",
        "A" * 4000,
        "一" * 4000,
        "🙏" * 500,
        "\n" * 1000,
    ],
)
def test_hostile_text_gets_an_empty_reading(extractor, text):
    found = extractor.extract(text)
    assert not found.hardships
    assert not found.facts


UNITS = [
    "住院花了三万二，",
    "没有",
    "我",
    "1",
    "一",
    "我妈",
    "。",
    "俩娃学费各八千",
    "欠了三万",
    "13800138000 ",
    "如果",
    "镇",
    "王",
    "个大学生",
    "_x000D_",
]


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_length_and_no_faster(extractor, unit):
    def seconds(length: int) -> float:
        """The least of three: what the machine does besides only ever adds."""
        text = unit * (length // len(unit))
        tries = []
        for _ in range(3):
            start = time.process_time()
            extractor.extract(text)
            tries.append(time.process_time() - start)
        return min(tries)

    seconds(1_000)
    short, long = seconds(4_000), seconds(16_000)
    assert long < 6.0, f"{long:.2f} s for 16,000 characters of {unit!r}"
    assert long < max(0.4, short * 10), f"{short:.3f} s for 4,000, {long:.3f} s for 16,000 characters of {unit!r}"


def test_a_million_characters_are_answered(extractor):
    assert extractor.extract("我家五口人。" * 170_000).household_size == 5
