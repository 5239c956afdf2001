"""Noise changes nothing: dialect, slips, stammering and odd characters are read as the plain words are."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import opencc
import pytest

from nlu.lexicon_files import read_yaml
from nlu.normalise import read
from tests.nlu.conftest import table

ROWS = table("noisy.yml")
SLIPS = {right: wrong for wrong, right in read_yaml("typos.yml")["words"].items() if len(right) > 1}


def sprinkled(signs: str) -> Callable[[str], str]:
    def spoil(text: str) -> str:
        dice = random.Random(len(text))
        return "".join(c + (dice.choice(signs) if dice.random() < 0.3 else "") for c in text)

    return spoil


def with_slips(text: str) -> str:
    for right, wrong in SLIPS.items():
        text = text.replace(right, wrong)
    return text


def stammered(text: str) -> str:
    text = re.sub(r"^(我|俺|家里|他|她)", r"\1\1", text)
    return text.replace("，我", "，我我我").replace("，家里", "，家里家里")


NOISE: dict[str, Callable[[str], str]] = {
    "traditional": opencc.OpenCC("s2t").convert,
    "as in Hong Kong": opencc.OpenCC("s2hk").convert,
    "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if 33 <= ord(c) < 127 else c for c in text),
    "radicals": lambda text: text.translate(str.maketrans("一人口大水火土女子手月", "⼀⼈⼝⼤⽔⽕⼟⼥⼦⼿⽉")),
    "zero width": sprinkled("\u200b\u200d\ufeff\u2060"),
    "control": sprinkled("\x00\x07\x1b\x7f"),
    "private use": sprinkled("\ue000\uf8ff\U000f0001"),
    "combining": sprinkled("\u0301\u0336\u20dd"),
    "lone surrogates": sprinkled("\ud800\udfff"),
    "right to left": lambda text: "\u202e" + sprinkled("\u200f\u202c")(text),
    "emoji at the ends": lambda text: text.replace("，", "😭，") + "🙏🙏",
    "emoji for commas": lambda text: text.replace("，", "👵🏽"),
    "blanks for commas": lambda text: text.replace("，", " "),
    "a filler first": lambda text: "那个那个，" + text,
    "sounds between": lambda text: "嗯，" + text.replace("，", "，嗯"),
    "empty words": lambda text: text.replace("，", "，就是说"),
    "stammering": stammered,
    "slips": with_slips,
    "an export's line ends": lambda text: text + "_x000D_\n",
    "marks": lambda text: text + "！！！！！",
    "blanks around": lambda text: "\u3000 " + text + "  ",
}


def meaning(extractor, text):
    """All but kind and topic: those are weighed by characters, which noise may tip."""
    found = extractor.extract(text)
    for mention in (*found.hardships, *found.amounts):
        assert mention.text == text[mention.start : mention.end]
    return {
        "hardships": sorted((h.type, h.subject, h.status) for h in found.hardships),
        "amounts": [(a.role, a.value) for a in found.amounts],
        "size": found.household_size,
        "facts": dict(found.facts),
    }


@pytest.mark.parametrize("noise", NOISE)
def test_a_plain_message_spoiled_by_machine_means_the_same(extractor, noise):
    wrong = []
    for row in ROWS:
        noisy = NOISE[noise](row["plain"])
        plain, spoiled = meaning(extractor, row["plain"]), meaning(extractor, noisy)
        if plain != spoiled:
            wrong.append((noisy, {key: spoiled[key] for key in plain if spoiled[key] != plain[key]}))
    assert not wrong


@pytest.mark.parametrize(("noisy", "plain"), [(noisy, row["plain"]) for row in ROWS for noisy in row.get("noisy", ())])
def test_dialect_and_misheard_words_mean_what_the_plain_ones_do(extractor, noisy, plain):
    assert meaning(extractor, noisy) == meaning(extractor, plain)


@pytest.mark.parametrize("word", read_yaml("typos.yml")["keep"].split())
def test_a_right_word_is_not_mended(word):
    assert read(word).text == word


@pytest.mark.parametrize(
    "text",
    [
        "兜底保障政策",
        "请领导至现场查看",
        "他自己经常去",
        "损失也不小",
        "电脑更新了",
        "举报消防通道被占",
        "水平困难以提高",
        "贫困互助资金",
        "我在街上摆摊了",
        "医疗废物乱倒",
        "生活废水直排",
        "存在障碍",
        "所以经常来",
        "村委回复了",
        "公安局治安大队治并不好",
        "接收人员登记",
        "货款没结清",
        "摆地摊了一年",
        "施工次序",
        "自行车或者电动车",
        "他的女儿字写得好",
        "他打我，我住院了",
        "因难产去世",
        "信息妇女都知道",
        "出中国队",
    ],
)
def test_right_words_are_left_as_they_are(text):
    assert read(text).text == text
