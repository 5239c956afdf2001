"""Whether the keys at hand fit this database, and the change to a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, LargeBinary, Table, bindparam, func, select, type_coerce, update

from storage.errors import KeyMissing, SealBroken, WrongKey
from storage.models import Base, SealingKey
from storage.sealed import Vault
from storage.translate import translated
from storage.types import Sealed, SealedJson

if TYPE_CHECKING:
    from storage.database import Database
    from storage.unit_of_work import UnitOfWork

_CANARY = "sealing_keys.canary"


def check(database: Database) -> None:
    """Raise KeyMissing or WrongKey unless every key that sealed something here is at hand; note a key used first."""
    with database.read() as uow:
        recorded = {row.key_id: row.canary for row in uow.find(SealingKey, order="key_id")}
    if not recorded:
        recorded = _begin_with(database)
    _must_fit(database.vault, recorded, database.engine.url.render_as_string(hide_password=True))
    if database.vault.active_key_id not in recorded:
        with database.begin() as uow:
            _note(uow, database.vault)
            uow.commit()


def _begin_with(database: Database) -> dict[str, bytes]:
    """A new database takes the key at hand; of several processes that start together, the first one's."""
    with database.begin() as uow:
        first = uow.find(SealingKey, order="key_id")
        if not first:
            database.vault.save()
            _note(uow, database.vault)
            uow.commit()
        return {row.key_id: row.canary for row in uow.find(SealingKey, order="key_id")}


def _note(uow: UnitOfWork, vault: Vault) -> None:
    canary = vault.seal(vault.index("canary").encode(), _CANARY)
    uow.add_once(SealingKey(key_id=vault.active_key_id, canary=canary, created_at=uow.now()), by="key_id")


def _must_fit(vault: Vault, recorded: dict[str, bytes], place: str) -> None:
    if vault.is_new:
        if vault.key_file is None or not vault.key_file.exists():
            raise KeyMissing(
                f"The key file {vault.key_file} is missing, but {place} holds data sealed with key "
                f"{', '.join(sorted(recorded))}: put the key file back from its copy; without it this data stays shut."
            )
        vault.save()  # another process wrote it a moment ago
    missing = recorded.keys() - vault.key_ids
    if missing:
        raise WrongKey(
            f"{place} holds data sealed with key {', '.join(sorted(missing))}, but {vault.where} holds "
            f"{', '.join(sorted(vault.key_ids))}: put the right key file back."
        )
    for key_id, canary in recorded.items():
        try:
            fits = vault.unseal(bytes(canary), _CANARY) == vault.index("canary").encode()
        except SealBroken:
            fits = False
        if not fits:
            raise WrongKey(f"The index key in {vault.where} is not the one {place} was made with (key {key_id}): "
                           "put the right key file back.")  # fmt: skip


def must_open(connection: Connection, vault: Vault, place: str) -> None:
    """Raise KeyMissing or WrongKey unless the keys at hand open what is sealed in this database."""
    rows = connection.execute(select(SealingKey.key_id, SealingKey.canary)).all()
    _must_fit(vault, {row[0]: row[1] for row in rows}, place)


def reseal(database: Database, batch: int) -> int:
    """Seal anew, with the active key, what older keys sealed; then forget the older keys' records."""
    check(database)
    done = sum(
        _reseal_table(database, table, [c for c in table.columns if isinstance(c.type, (Sealed, SealedJson))], batch)
        for table in Base.metadata.sorted_tables
    )
    with database.begin() as uow:
        for row in uow.find(SealingKey, order="key_id"):
            if row.key_id != database.vault.active_key_id:
                uow.delete(row)
        uow.commit()
    return done


def _reseal_table(database: Database, table: Table, columns: list[Column[Any]], batch: int) -> int:
    if not columns:
        return 0
    key, done = table.primary_key.columns[0], 0
    active = bytes.fromhex(database.vault.active_key_id)
    old = [c.is_not(None) & (func.substr(_raw(c), 2, len(active)) != active) for c in columns]
    condition = old[0]
    for other in old[1:]:
        condition = condition | other
    while True:
        with database.begin() as uow, translated():
            rows = uow.session.execute(
                select(key, *columns).where(condition).order_by(key).limit(batch).with_for_update()
            ).all()
            if not rows:
                return done
            change = update(table).where(key == bindparam("row_key"))
            change = change.values({c.name: bindparam(f"new_{c.name}", type_=c.type) for c in columns})
            values = [{"row_key": row[0]} | {f"new_{c.name}": row[n] for n, c in enumerate(columns, 1)} for row in rows]
            uow.session.connection().execute(change, values)
            uow.commit()
            done += len(rows)


def _raw(column: Column[Any]) -> Any:
    """The sealed bytes themselves."""
    return type_coerce(column, LargeBinary)
