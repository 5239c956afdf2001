"""What all queries share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, Executable, Select, Table, Update, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from storage.models import Area, Base, User
from storage.translate import translated

if TYPE_CHECKING:
    from storage.unit_of_work import UnitOfWork

T = TypeVar("T")


class Queries:
    """Questions about one theme, asked inside one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow

    @property
    def session(self) -> Session:
        return self.uow.session

    def _all(self, query: Select[T]) -> list[T]:
        with translated():
            return list(self.session.scalars(query))

    def _first(self, query: Select[T]) -> T | None:
        with translated():
            return self.session.scalars(query.limit(1)).first()

    def _change(self, statement: Update) -> int:
        """Run an UPDATE, of which loaded rows learn; how many rows it changed."""
        with translated():
            done = self.session.execute(statement.execution_options(synchronize_session="fetch"))
        assert isinstance(done, CursorResult)
        return done.rowcount

    def _run(self, statement: Executable, **values: Any) -> CursorResult[Any]:
        """Run a prepared statement: built once, it costs a tenth of one that is built anew. Loaded rows do not learn
        of it; say `_learn` where they should."""
        with translated():
            done = self.session.execute(statement, values)
        assert isinstance(done, CursorResult)
        return done

    def _rows(self, query: Select[T], **values: Any) -> list[T]:
        """What a prepared question finds."""
        with translated():
            return list(self.session.scalars(query, values))

    def _learn(self, model: type[Base], key: int | str, **values: Any) -> None:
        """Let the loaded row with this key, where there is one, know what a prepared statement wrote."""
        row = self.session.identity_map.get(identity_key(model, key))
        if row is not None:
            for name, value in values.items():
                set_committed_value(row, name, value)

    def _level_of(self, user: User) -> str | None:
        """The level of the area this member of staff works in."""
        area = self.uow.get(Area, user.area_id) if user.area_id is not None else None
        return area.level if area else None

    def _for_update(self, query: Select[T]) -> Select[T]:
        """Lock the chosen rows and pass over those that another worker holds (SQLite has one writer anyway)."""
        return query.with_for_update(skip_locked=True).execution_options(populate_existing=True)


def area_and_below(area_id: int, called: str = "area_tree") -> Select[int]:
    """Ids of an area and of everything in it; two of them in one question need names of their own (`called`)."""
    tree = select(Area.id).where(Area.id == area_id).cte(called, recursive=True)
    tree = tree.union_all(select(Area.id).join(tree, Area.parent_id == tree.c.id))
    return select(tree.c.id)


def area_and_above(area_id: int) -> Select[int]:
    """Ids of an area and of everything it lies in."""
    line = select(Area.id, Area.parent_id).where(Area.id == area_id).cte("area_line", recursive=True)
    line = line.union_all(select(Area.id, Area.parent_id).join(line, Area.id == line.c.parent_id))
    return select(line.c.id)


def engine_insert(dialect: str, into: Any) -> Any:
    """The engine's own INSERT, which knows ON CONFLICT."""
    return sqlite.insert(into) if dialect == "sqlite" else postgresql.insert(into)


def table_of(model: type[Base]) -> Table:
    """The table itself, for statements that pass by the mapping."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def expired(column: Any, now: Any) -> ColumnElement[bool]:
    """True where a lease was never given or has run out."""
    condition: ColumnElement[bool] = column.is_(None) | (column <= now)
    return condition
