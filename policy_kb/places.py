"""Which pack holds where: from a place in free text to a pack, the national one when none fits."""

from __future__ import annotations

import re
from collections.abc import Iterable

from policy_kb.pack import Pack
from policy_kb.schema import Places

PROVINCES = (
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽",
    "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆", "四川", "贵州",
    "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆", "台湾", "香港", "澳门",
)  # fmt: skip
# 龙口镇, 龙口西路, 六安村 … are other places that only share a short name.
SMALLER = r"(?![东西南北中一二三四五六七八九十]?[镇乡村街路巷屯组社庄寨道])"


def pack_for_place(place: str | None, packs: Iterable[Pack]) -> Pack:
    """The pack whose name for the place is the longest found in the text; the national one when none is found."""
    packs = tuple(packs)
    found = [(length, pack) for pack in packs if (length := _fit(place or "", pack))]
    if found:
        return max(found, key=lambda pair: pair[0])[1]
    return next(pack for pack in packs if pack.places.national)


def _fit(place: str, pack: Pack) -> int:
    """The length of the longest name of the pack's places in the text; 0 when it names another province or none."""
    text = re.sub(r"\s+", "", place)
    named = [province for province in PROVINCES if text.startswith(province)]
    if named and pack.places.province and not pack.places.province.startswith(named[0]):
        return 0
    whole = [name for name in pack.places.counties if name in text]
    short = [name for name in pack.places.names if re.search(re.escape(name) + SMALLER, text)]
    return max(map(len, (*whole, *short, *_bare(text, pack.places))), default=0)


def _bare(text: str, places: Places) -> list[str]:
    """County names without 县, 市 or 区 that are the whole text or follow the province (兴国, 江西大余).

    Many are ordinary words too (同心, 兴国), so nowhere else in a text do they name a place.
    """
    stems = {county[:-1] for county in places.counties if len(county) > 2}
    province = re.escape(re.sub(r"省$|(?:[壮回维]\w*)?自治区$", "", places.province))
    start = rf"^{province}(?:省|[壮回维]\w*?自治区)?" if province else "^"
    return [stem for stem in stems if text == stem or re.match(start + re.escape(stem) + SMALLER, text)]
