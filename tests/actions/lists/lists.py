"""Lists as departments send them: made-up people, files of every kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import openpyxl

from actions.lists import judging, kinds, merging, report
from actions.lists.judging import Judged
from actions.lists.merging import ListFile, Merged, MergedHome
from actions.texts import Texts
from policy_kb import Library

DAY = date(2026, 11, 23)
PACK = "longkou-2021-1"
TEXTS = Texts.load()
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def person(number: int, born: str = "19650301") -> str:
    """The ID number of a made-up person of a place that does not exist, with the right check character."""
    head = f"990000{born}{number:03d}"
    return head + "10X98765432"[sum(int(d) * w for d, w in zip(head, WEIGHTS, strict=True)) % 11]


def with_x() -> str:
    """Somebody whose number ends with an X."""
    return next(found for n in range(1, 100) if (found := person(n)).endswith("X"))


DASHAN, XIAOSHAN, WANGWU = person(11), person(12), person(13)
REGISTER = [
    ["户编号", "身份证号", "姓名", "乡镇", "村", "户属性", "户主身份证号"],
    ["H1", DASHAN, "周大山", "东江镇", "毡王村", "一般农户", DASHAN],
    ["H1", XIAOSHAN, "周小山", "东江镇", "毡王村", "一般农户", DASHAN],
    ["H2", WANGWU, "王五", "东江镇", "毡王村", "脱贫户", WANGWU],
]


def csv_file(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Path:
    path.write_bytes("".join(",".join(row) + "\r\n" for row in rows).encode(encoding))
    return path


def xlsx_file(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def merge(
    library: Library, files: Sequence[Path | ListFile], register: Path | None = None, day: date = DAY,
    own: Path | None = None,
) -> Merged:  # fmt: skip
    given = [file if isinstance(file, ListFile) else ListFile(file) for file in files]
    return merging.Merger(library, kinds.load_kinds(library, own), register, day).merge(given)


def facts(merged: Merged) -> dict[str, dict[str, object]]:
    """Household → what the lists and the register state."""
    return {home.home.key: {f: one.value for f, one in home.agreed.items()} for home in merged.homes}


def home(merged: Merged, key: str) -> MergedHome:
    return next(one for one in merged.homes if one.home.key == key)


def told(library: Library, merged: Merged) -> list[tuple[str, int, str]]:
    """(list, row, code) of every remark."""
    return [(r.list, r.row, r.code) for r in report.all_remarks(library, TEXTS, merged)]


def judged(library: Library, merged: Merged, pack: str = PACK, day: date = DAY) -> list[Judged]:
    return judging.judge(library, pack, day, merged.homes)


def risks(found: Sequence[Judged]) -> Mapping[str, str]:
    return {one.merged.home.key: one.risk for one in found}
