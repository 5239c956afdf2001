"""The office's own table of areas: a tree from province to village."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import func, select

from storage.errors import BadValue
from storage.models import Area
from storage.queries.base import Queries, area_and_above, area_and_below

LEVELS = ("province", "city", "county", "town", "village")


class Areas(Queries):
    """Places."""

    def get(self, area_id: int) -> Area | None:
        return self.uow.get(Area, area_id)

    def by_code(self, code: str) -> Area | None:
        return self._first(select(Area).where(Area.code == code))

    def by_path(self, path: str) -> Area | None:
        """The area with exactly this path, names joined by "/"."""
        return self._first(select(Area).where(Area.path == path))

    def by_name(self, name: str) -> list[Area]:
        """Areas with exactly this name, highest level first (names are not unique)."""
        return sorted(self._all(select(Area).where(Area.name == name)), key=_rank)

    def search(self, words: str, limit: int = 20) -> list[Area]:
        """Areas whose path contains every word, highest level first: `search("西吉 将台")`."""
        query = select(Area)
        for word in words.split():
            query = query.where(Area.path.contains(word, autoescape=True))
        return self._all(query.order_by(func.length(Area.path), Area.path).limit(limit))

    def all(self) -> list[Area]:
        """Every area, parents before children, siblings by code."""
        return sorted(self._all(select(Area)), key=lambda area: (_rank(area)[0], area.code))

    def roots(self) -> list[Area]:
        return self._all(select(Area).where(Area.parent_id.is_(None)).order_by(Area.code))

    def children(self, area_id: int) -> list[Area]:
        return self._all(select(Area).where(Area.parent_id == area_id).order_by(Area.code))

    def descendants(self, area_id: int) -> list[Area]:
        """The area itself and everything in it, by path."""
        return self._all(select(Area).where(Area.id.in_(area_and_below(area_id))).order_by(Area.path))

    def ancestors(self, area_id: int) -> list[Area]:
        """The area itself and everything it lies in, from the top down."""
        found = self._all(select(Area).where(Area.id.in_(area_and_above(area_id))))
        return sorted(found, key=lambda area: area.path.count("/"))

    def up_to(self, area_id: int, level: str) -> Area | None:
        """The area of this level in which `area_id` lies (itself included), or None."""
        return next((area for area in self.ancestors(area_id) if area.level == level), None)

    def contains(self, outer_id: int, inner_id: int) -> bool:
        """Whether `inner_id` is `outer_id` or lies in it."""
        return self._first(select(Area).where(Area.id == outer_id, Area.id.in_(area_and_above(inner_id)))) is not None

    def put(self, code: str, name: str, level: str, parent_code: str | None = None) -> Area:
        """Make or change the area with this code; paths below follow a new name or place."""
        return self.import_rows([{"code": code, "name": name, "level": level, "parent_code": parent_code}])[0]

    def import_rows(self, rows: Iterable[Mapping[str, str | None]]) -> list[Area]:
        """Make or change areas by code: `code, name, level, parent_code` each, in any order.

        Areas that are not in `rows` stay. Raises BadValue naming the row at fault, and then nothing is stored.
        """
        wanted = [dict(row) for row in rows]
        known = {area.code: area for area in self._all(select(Area))}
        for number, row in enumerate(wanted, 1):
            _check(number, row, known.keys() | {str(other.get("code")) for other in wanted})
            area = known.get(str(row["code"]))
            if area is None:
                area = Area(code=str(row["code"]), name=str(row["name"]), level=str(row["level"]))
                known[area.code] = self.uow.add(area)
            area.name, area.level = str(row["name"]), str(row["level"])
        self.uow.flush()
        for row in wanted:
            parent = known.get(row.get("parent_code") or "")
            known[str(row["code"])].parent_id = parent.id if parent else None
        _write_paths(list(known.values()))
        self.uow.flush()
        return [known[str(row["code"])] for row in wanted]


def _rank(area: Area) -> tuple[int, str]:
    return (LEVELS.index(area.level) if area.level in LEVELS else len(LEVELS), area.path)


def _check(number: int, row: Mapping[str, str | None], codes: set[str]) -> None:
    for name in ("code", "name", "level"):
        if not (row.get(name) or "").strip():
            raise BadValue(f"Area row {number} has no {name}; every row needs code, name and level.")
    if row["level"] not in LEVELS:
        raise BadValue(f"Area row {number} ({row['name']}) has level {row['level']!r}; expected {', '.join(LEVELS)}.")
    if "/" in str(row["name"]):
        raise BadValue(f"Area row {number} has a name with '/' ({row['name']}); give the area's own name only.")
    if row.get("parent_code") and row["parent_code"] not in codes:
        raise BadValue(f"Area row {number} ({row['name']}) lies in {row['parent_code']}, which is no known code.")


def _write_paths(areas: list[Area]) -> None:
    """Paths from the tree; raises BadValue where an area would lie in itself."""
    by_id = {area.id: area for area in areas}
    for area in areas:
        names, seen, step = [area.name], {area.id}, area
        while step.parent_id is not None:
            step = by_id[step.parent_id]
            if step.id in seen:
                raise BadValue(f"Area {area.name} ({area.code}) would lie in itself; check the parent codes.")
            seen.add(step.id)
            names.append(step.name)
        area.path = "/".join(reversed(names))
