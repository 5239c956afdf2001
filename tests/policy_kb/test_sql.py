"""The statement of a pack answers as the engine does wherever it answers at all."""

from __future__ import annotations

import random
from datetime import date

import duckdb
import pytest
import sqlglot

from policy_kb import Library, ListShape, PolicyError, pack_sql
from policy_kb.sqltext import DIALECTS

DAY = date(2021, 7, 1)
TYPES = {"bool": "BOOLEAN", "enum": "VARCHAR", "int": "DOUBLE", "number": "DOUBLE"}
PACKS = ("guokaifa-2020-6", "ningxia-2020-8", "longkou-2021-1", "luan-2019-15", "ganzhou-2020-4")


def household(library: Library, chance: random.Random) -> dict[str, object]:
    facts: dict[str, object] = {}
    for name, spec in library.vocabulary.items():
        if chance.random() < 0.8:
            numbers = [0, 1, 2, 3] if spec.kind == "int" else [0, 0.5, 1] if spec.highest else [0, 4000, 5000, 20000.5]
            choices = {"bool": [True, False], "enum": list(spec.values)}.get(spec.kind, numbers)
            facts[name] = chance.choice([value for value in choices if not spec.numeric or value >= spec.lowest])
    return facts


@pytest.mark.parametrize("pack", PACKS)
def test_what_the_statement_settles_is_what_assess_says(library: Library, pack: str) -> None:
    chance = random.Random(pack)
    rows = [household(library, chance) for _ in range(400)]
    columns = ", ".join(f"{name} {TYPES[spec.kind]}" for name, spec in library.vocabulary.items())
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE households ({columns})")
        marks = ", ".join("?" for _ in library.vocabulary)
        con.executemany(
            f"INSERT INTO households VALUES ({marks})", [[row.get(name) for name in library.vocabulary] for row in rows]
        )
        sql = library.sql(pack, DAY, "duckdb")
        found = con.execute(f"SELECT outcome, category, exclusions, possible, unknown FROM ({sql})").fetchall()
    settled = 0
    for row, (outcome, category, exclusions, possible, unknown) in zip(rows, found, strict=True):
        said = library.assess(pack, row, DAY, "any")
        assert exclusions == ";".join(said.exclusions)
        assert set(said.possible) <= set(possible.split(";"))
        assert set(said.unknown) <= set(unknown.split(";"))
        if outcome != "undetermined":
            settled += 1
            assert (outcome, category) == (said.outcome, said.category)
    assert settled > 100


@pytest.mark.parametrize("pack", PACKS)
def test_for_a_list_of_whole_amounts_a_shorter_statement_says_the_same(library: Library, pack: str) -> None:
    evaluator = library.evaluator(pack, DAY, None)
    any_list = pack_sql(evaluator)
    derived = frozenset(name for name in any_list.facts if library.vocabulary.expression(name))
    numbers = frozenset(name for name in any_list.facts if library.vocabulary[name].numeric) - derived
    shorter = pack_sql(evaluator, ListShape(absent=derived, whole=numbers))
    assert sum(map(len, shorter.categories.values())) < sum(map(len, any_list.categories.values()))

    chance = random.Random(pack)
    rows = [{n: int(v) if n in numbers else v for n, v in household(library, chance).items()} for _ in range(400)]
    columns = ", ".join(f"{name} {TYPES[library.vocabulary[name].kind]}" for name in any_list.facts)
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE households ({columns})")
        told = [[None if name in derived else row.get(name) for name in any_list.facts] for row in rows]
        con.executemany(f"INSERT INTO households VALUES ({', '.join('?' for _ in any_list.facts)})", told)
        found = [
            con.execute(f"SELECT {', '.join(sql.categories.values())} FROM households").fetchall()
            for sql in (any_list, shorter)
        ]
    assert found[0] == found[1]
    assert any(True in row for row in found[0])
    assert any(False in row for row in found[0])


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_statement_is_written_for_every_dialect(library: Library, dialect: str) -> None:
    sql = library.sql("longkou-2021-1", DAY, dialect)
    assert sqlglot.parse_one(sql, read=dialect).find(sqlglot.exp.Select)
    assert "2021-07-01" in sql


def test_an_unknown_dialect_is_refused_by_name(library: Library) -> None:
    with pytest.raises(PolicyError, match=r"expected one of duckdb, postgres"):
        library.sql("longkou-2021-1", DAY, "cobol")
