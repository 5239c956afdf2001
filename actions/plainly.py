"""What is said plainly: decisions that open or close something, and commands, by their words (`texts/plainly.yml`).

The act classifier guesses from likeness; a guess may choose an answer, but it never agrees, submits or withdraws.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from actions.texts import Texts

UNSURE = "nlu_fallback"
LEAD = 3  # code points before a yes («我同意», «那行吧»); with more, somebody is telling of a yes
SHORT_QUESTION = 20  # code points
LONGEST_REQUEST = 80  # code points; longer than this it is a story
_MARKS = re.compile(r"[\s,，。.!！?？~～、;；:：…“”\"'()（）]+")
_RECEIPT = re.compile(r"(?<!\d)(\d{6})[-‐‑–—_ ]?(\d{3})[-‐‑–—_ ]?(\d{3})(?!\d)")
_PARTICLES = re.compile(r"[吧呀啊哦噢喔嘛呢哈哟呗咯啦了的]+$")


def bare(text: str) -> str:
    """The text without marks, in one width; what is compared with the phrases."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text))


def decision(texts: Texts, text: str) -> Literal["yes", "no"] | None:
    """Yes or no where a short answer plainly says so; None for hesitation, a story, or anything else."""
    said = bare(text)
    short = _PARTICLES.sub("", said)
    table = texts.get("plainly")
    if not said or len(said) > table["longest"]:
        return None
    if after_all(texts, text):
        return "yes"
    if any(phrase in said for phrase in table["hesitate"]):
        return None
    if any(phrase in said for phrase in table["refuse"]) or {said, short} & set(table["refuse_whole"]):
        return "no"
    if any(0 <= said.find(phrase) <= LEAD for phrase in table["agree"]) or {said, short} & set(table["agree_whole"]):
        return "yes"
    return None


def after_all(texts: Texts, text: str) -> bool:
    """«算了，还是交吧»: second thoughts that end in a yes."""
    said, table = bare(text), texts.get("plainly")
    if len(said) > table["longest"] or any(word in said for word in "不没吗?"):
        return False
    return any(phrase in said for phrase in table["agree_after_all"])


def they_know(texts: Texts, text: str) -> bool:
    """«她知道»: the household concerned knows and agrees; a yes to this question alone."""
    said, table = bare(text), texts.get("plainly")
    return (
        len(said) <= table["longest"]
        and not any(word in said for word in "不没吗")
        and any(phrase in said for phrase in table["they_know"])
    )


def goes_on(texts: Texts, text: str) -> bool:
    """After a warning: «没事了，接着说»."""
    said = bare(text)
    return len(said) <= SHORT_QUESTION and any(phrase in said for phrase in texts.get("plainly.danger_over"))


def without_correction(texts: Texts, text: str) -> str:
    """What remains of «不对，从来不是» without the word that corrects."""
    said = text.strip(" 。.，,！!")
    for word in texts.get("plainly.corrects"):
        if said.startswith(word):
            return said.removeprefix(word).lstrip(" ，,。：:是")
    return said


def asks_progress(texts: Texts, text: str) -> bool:
    """«啥时候来人啊»: a short question how the own case stands."""
    said = bare(text)
    return len(said) <= SHORT_QUESTION and any(phrase in said for phrase in texts.get("plainly.asks_progress"))


def about_callback(texts: Texts, text: str) -> bool:
    """When and how to call back, in a few words."""
    said = bare(text)
    return len(said) <= SHORT_QUESTION and any(phrase in said for phrase in texts.get("plainly.about_callback"))


def receipt_and_rest(text: str) -> tuple[str | None, str]:
    """A receipt number (12 digits, any spacing or dashes) as bare digits, and the text without it."""
    plain = unicodedata.normalize("NFKC", text)
    found = _RECEIPT.search(plain)
    if found is None:
        return None, plain
    return "".join(found.groups()), plain[: found.start()] + " " + plain[found.end() :]


def command(texts: Texts, text: str) -> str | None:
    """The act that the whole message is the name of («我要投诉», «找人工»)."""
    said = bare(text)
    for act, phrases in texts.get("plainly.commands").items():
        if said in phrases:
            return str(act)
    return None


def believed(texts: Texts, act: str, text: str) -> str:
    """The act, unless it is a request with consequences in a message that names nothing of the kind."""
    words = texts.get("plainly.needs_word").get(act)
    if words is None:
        return act
    named = len(text) <= LONGEST_REQUEST and any(word in text for word in words)
    return act if named else UNSURE
