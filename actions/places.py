"""Places (地点): which row of the office's own area table a household means, and how that table is filled.

Free text is matched by name, never guessed: what fits two places, or contradicts the place it fits, is nowhere.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from actions.rulebook import LEVELS
from nlu import AreaName, PlaceMention
from storage import UnitOfWork
from storage.models import Area

COLUMNS = ("code", "name", "level", "parent_code")
RANK = {level: rank for rank, level in enumerate(LEVELS)}  # village 0 … province 4

# The endings that a place's name carries at each level; a name is also said without them (西吉 for 西吉县).
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "province": ("维吾尔自治区", "回族自治区", "壮族自治区", "自治区", "省", "市"),
    "city": ("自治州", "地区", "盟", "市"),
    "county": ("自治县", "自治旗", "县", "区", "市", "旗"),
    "town": ("民族乡", "街道办事处", "街道", "镇", "乡", "苏木"),
    "village": ("村民委员会", "村委会", "社区居委会", "社区", "村", "嘎查"),
}
MIN_SHORT = 2  # characters that must be left of a name without its ending
_NOISE = re.compile(r"[\s/、，,。.;；:：\-—()（）]+")
# What is left of the text beside the matched names and still names a place of some level.
_OTHER_PLACE = {
    "town": re.compile(r"[一-鿿]{1,6}(?:镇|乡|街道|苏木)"),
    "county": re.compile(r"[一-鿿]{1,6}(?:县|旗)"),
    "province": re.compile(r"[一-鿿]{2,6}(?:省|自治区)"),
}


def lived_at(places: Sequence[PlaceMention]) -> list[PlaceMention]:
    """Of places that somebody names those where they live; where there is none, where they come from («老家六安»)."""
    return [p for p in places if p.standing == "home"] or [p for p in places if p.standing == "origin"]


@lru_cache(maxsize=1 << 16)
def clean(text: str) -> str:
    """The text as places are compared: compatibility forms folded, blanks, separators and invisible signs gone."""
    folded = unicodedata.normalize("NFKC", text)
    visible = "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Cc"))
    return _NOISE.sub("", visible)


def resolve_area(uow: UnitOfWork, place: str | None) -> Area | None:
    """The one area that the text means: exact path, end of a path, a name that only one area has, or the deepest
    known place of a longer address. None when nothing fits or two places fit equally well."""
    found = candidates(uow, place)
    return found[0] if len(found) == 1 else None


def candidates(uow: UnitOfWork, place: str | None) -> list[Area]:
    """Every area that the text may mean, equally well; the person can be asked which."""
    wanted = clean(place or "")
    return match(wanted, uow.areas.all()) if wanted else []


def nearest_common(uow: UnitOfWork, place: str | None) -> Area | None:
    """The smallest area that holds every place the text may mean: where an ambiguous place is put right."""
    found = candidates(uow, place)
    chains = [[area.id for area in reversed(chain(uow, candidate))] for candidate in found]
    shared = None
    for step in zip(*chains, strict=False):
        if len(set(step)) > 1:
            break
        shared = step[0]
    return uow.get(Area, shared) if shared is not None else None


def chain(uow: UnitOfWork, area: Area | None) -> list[Area]:
    """The area and everything above it, the area first."""
    return list(reversed(uow.areas.ancestors(area.id))) if area is not None else []


def at_level(uow: UnitOfWork, area: Area | None, level: str) -> Area | None:
    """The area itself or the one above it that stands at `level` or, where that level is missing, the next above."""
    for place in chain(uow, area):
        if RANK.get(place.level, 0) >= RANK[level]:
            return place
    return None


def area_names(uow: UnitOfWork) -> list[AreaName]:
    """The area table as the extractor wants it."""
    return [AreaName(id=a.id, name=a.name, level=a.level, path=a.path) for a in uow.areas.all()]


def match(wanted: str, areas: Sequence[Area]) -> list[Area]:
    """The areas that the cleaned text means, best only; see `resolve_area`."""
    full = {area.id: clean(area.path) for area in areas}
    exact = [area for area in areas if full[area.id] == wanted]
    if exact:
        return exact
    ends = [area for area in areas if full[area.id].endswith(wanted) and wanted in spoken_names(area)]
    if not ends:
        ends = [area for area in areas if full[area.id].endswith(wanted) and len(wanted) > len(area.name)]
    if ends:
        return ends
    short = [area for area in areas if wanted in spoken_names(area)]
    return short or _inside(wanted, areas)


def spoken_names(area: Area) -> tuple[str, ...]:
    """The name as written and as said without its ending."""
    return _spoken(area.name, area.level)


@lru_cache(maxsize=1 << 16)
def _spoken(full_name: str, level: str) -> tuple[str, ...]:
    name = clean(full_name)
    shorter = [
        name[: -len(ending)]
        for ending in ENDINGS.get(level, ())
        if name.endswith(ending) and len(name) - len(ending) >= MIN_SHORT
    ]
    return (name, *dict.fromkeys(shorter))


def _inside(wanted: str, areas: Sequence[Area]) -> list[Area]:
    """Areas named inside a longer address: the deepest, with most of what lies above it named too."""
    by_id = {area.id: area for area in areas}
    named: dict[int, str] = {}
    for area in areas:
        said = next((name for name in spoken_names(area) if name in wanted), None)
        # a village is only taken by its full name: 王家 alone is as often a family
        if said is not None and (area.level != "village" or said == clean(area.name)):
            named[area.id] = said
    scored: list[tuple[tuple[int, int], Area]] = []
    for area_id, said in named.items():
        area = by_id[area_id]
        above = _above(area, by_id)
        own = [named[a.id] for a in above if a.id in named]
        if not _contradicted(wanted, [said, *own], area, above, named):
            scored.append(((len(own) + 1, -RANK.get(area.level, 0)), area))
    best = max((score for score, _ in scored), default=None)
    return [area for score, area in scored if score == best]


def _above(area: Area, by_id: Mapping[int, Area]) -> list[Area]:
    found: list[Area] = []
    while area.parent_id is not None and area.parent_id in by_id and len(found) < len(LEVELS):
        area = by_id[area.parent_id]
        found.append(area)
    return found


def _contradicted(wanted: str, own: Iterable[str], area: Area, above: Sequence[Area], named: Mapping[int, str]) -> bool:
    """True when the text, apart from this area's own names, names another place at a level above it."""
    rest = wanted
    for name in sorted(own, key=len, reverse=True):
        rest = rest.replace(name, " ", 1)
    for level, pattern in _OTHER_PLACE.items():
        if RANK[level] <= RANK.get(area.level, 0):
            continue
        said_there = any(a.level == level and a.id in named for a in above)
        if not said_there and pattern.search(rest):
            return True
    return False


# -- the table itself -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RowError:
    """One line that could not be taken; `row` counts from 2, the line after the head."""

    row: int
    message: str


@dataclass(frozen=True)
class ImportReport:
    added: int
    changed: int
    errors: tuple[RowError, ...]


def read_csv(data: bytes) -> list[dict[str, str]]:
    """Rows of a CSV file in UTF-8 (with or without mark), GB18030 or UTF-16; raises ValueError with one sentence."""
    text = _decode(data)
    reader = csv.DictReader(io.StringIO(text, newline=""))
    head = [(name or "").strip().lower() for name in reader.fieldnames or []]
    missing = [name for name in COLUMNS if name not in head]
    if missing:
        raise ValueError(
            f"The first line of the area file lacks the column {missing[0]!r}; expected {','.join(COLUMNS)}; add it."
        )
    reader.fieldnames = head
    try:
        return [{key: (value or "").strip() for key, value in row.items() if key in COLUMNS} for row in reader]
    except csv.Error:
        raise ValueError(
            f"Line {reader.line_num} of the area file holds a field of more than 130000 characters; "
            "expected code,name,level,parent_code; look for a quotation mark that is never closed."
        ) from None


def import_areas(uow: UnitOfWork, rows: Iterable[Mapping[str, str]]) -> ImportReport:
    """Add or change areas by `code`; a line that is wrong is reported with its number and the others go on.

    Lines may stand in any order: a parent may come after its children. Existing rows keep their ids.
    """
    before = {area.code: (area.name, area.level, area.path) for area in uow.areas.all()}
    sound, errors = _sound_rows(list(enumerate(rows, start=2)))
    sound, orphans = _rooted_rows(sound, {code: level for code, (_, level, _) in before.items()})
    stored = uow.areas.import_rows([row for _, row in sound])
    after = {area.code: (area.name, area.level, area.path) for area in stored}
    added = len(after.keys() - before.keys())
    changed = sum(before[code] != now for code, now in after.items() if code in before)
    return ImportReport(added, changed, tuple(sorted([*errors, *orphans], key=lambda error: error.row)))


def _rooted_rows(
    rows: Sequence[tuple[int, dict[str, str]]], levels: Mapping[str, str]
) -> tuple[list[tuple[int, dict[str, str]]], list[RowError]]:
    """Rows whose parent is there and stands higher, from the top down; the others with what is wrong."""
    sound: list[tuple[int, dict[str, str]]] = []
    errors: list[RowError] = []
    known = dict(levels)
    for number, row in sorted(rows, key=lambda item: -RANK[item[1]["level"]]):
        parent = row["parent_code"]
        if parent and parent not in known:
            errors.append(RowError(number, f"上级编码“{parent}”没有找到，请先改正上级那一行。"))
        elif parent and RANK[known[parent]] <= RANK[row["level"]]:
            errors.append(RowError(number, f"上级“{parent}”的级别不比“{row['name']}”高，请检查 level。"))
        else:
            known[row["code"]] = row["level"]
            sound.append((number, row))
    return sound, errors


def _sound_rows(
    numbered: Sequence[tuple[int, Mapping[str, str]]],
) -> tuple[list[tuple[int, dict[str, str]]], list[RowError]]:
    sound: list[tuple[int, dict[str, str]]] = []
    errors: list[RowError] = []
    seen: dict[str, int] = {}
    for number, raw in numbered:
        row = {key: (raw.get(key) or "").strip() for key in COLUMNS}
        fault = _fault(row, seen)
        if fault:
            errors.append(RowError(number, fault))
        else:
            seen[row["code"]] = number
            sound.append((number, row))
    return sound, errors


def _fault(row: Mapping[str, str], seen: Mapping[str, int]) -> str | None:
    if not row["code"] or len(row["code"]) > 32:
        return "编码 code 没有填，或超过 32 个字，请补上。"
    if not row["name"] or len(row["name"]) > 80 or "/" in row["name"]:
        return f"名称 name “{row['name'][:20]}”没有填、超过 80 个字或带有“/”，请改正。"
    if row["level"] not in RANK:
        return f"级别 level “{row['level'][:20]}”不认识，应是 {'、'.join(reversed(LEVELS))} 之一。"
    if row["code"] in seen:
        return f"编码“{row['code']}”和第 {seen[row['code']]} 行重复，请改正其中一行。"
    if row["code"] == row["parent_code"]:
        return f"编码“{row['code']}”的上级写成了自己，请改正 parent_code。"
    return None


def _decode(data: bytes) -> str:
    """The text of a file from a Chinese office: UTF-8 first, then UTF-16 by its mark, then GB18030."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-8-sig", "utf-16" if marked else "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("The area file is no text we can read; save it as CSV in UTF-8 or GBK and try again.")
