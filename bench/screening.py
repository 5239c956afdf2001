"""A whole county through one pack: the verdict by SQL beside OpenFisca calculating the same rules.

Also how long `shouwang screen` takes from file to file, and the memory it needs. `make bench ARGS=screen`; with
`SHOUWANG_BENCH_ROWS=10000000` for the largest list.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path

import duckdb
import numpy as np

from bench.interviews import facts_of
from bench.openfisca.rules import rules_of
from bot import parts
from policy_kb import Library, ListShape, pack_sql

ROOT = Path(__file__).parents[1]
OTHERS = ROOT / ".venv-eval" / "bin" / "python"
WORKER = Path(__file__).with_name("openfisca") / "worker.py"
ROWS = int(os.environ.get("SHOUWANG_BENCH_ROWS", "1000000"))
COMPARED = 1_000_000
AIM = 10
MEMORY_AIM = 4096
SEED = 20200601
DAY = date(2020, 6, 1)
Columns = dict[str, np.ndarray]


def measure(rows: int = COMPARED) -> Iterator[str]:
    library = parts.build_library()
    for pack in library.packs:
        with tempfile.TemporaryDirectory(prefix="shouwang-bench-") as folder:
            yield f"{pack:18} {_beside(library, pack, rows, Path(folder))}"
    yield _from_file_to_file(library, next(iter(library.packs)), ROWS)


def _beside(library: Library, pack: str, rows: int, folder: Path) -> str:
    columns = households(library, pack, rows)
    ours, counts = ours_of(library, pack, columns)
    theirs = theirs_of(library, pack, columns, folder)
    if theirs is None:
        return f"{rows:,} complete households {ours:.2f} s; OpenFisca is not set up (`python3 scripts/setup.py eval`)"
    seconds, others = theirs
    if others != counts:
        raise RuntimeError(f"{pack}: ours {counts}, OpenFisca {others}: the comparison is not of the same rules")
    return (
        f"{rows:,} complete households: {ours:.2f} s, OpenFisca {seconds:.2f} s, "
        f"{seconds / ours:.0f} times as long (aim {AIM}); the same verdicts"
    )


def households(library: Library, pack: str, rows: int, seed: int = SEED) -> Columns:
    """Complete households: every fact that the pack reads and that can be stated; words of an enum as their place."""
    chance = np.random.default_rng(seed)
    columns: Columns = {}
    for name in sorted({*facts_of(library, pack), *rules_of(library.evaluator(pack, DAY, None))["facts"]}):
        spec = library.vocabulary[name]
        if not spec.numeric:
            most = len(spec.values) or 2
            drawn = chance.integers(0, most, rows)
            columns[name] = drawn if spec.values else drawn.astype(bool)
        elif spec.unit == "0..1":
            columns[name] = chance.integers(0, 101, rows) / 100
        elif spec.kind == "int":
            columns[name] = chance.integers(int(spec.lowest), 7, rows)
        else:
            columns[name] = chance.integers(0, 120, rows) * 500.0
    return columns


def ours_of(library: Library, pack: str, columns: Columns) -> tuple[float, dict[str, int]]:
    """The best seconds of three runs to settle every category in DuckDB; and how many households each has."""
    numeric = frozenset(name for name in columns if library.vocabulary[name].numeric)
    whole = frozenset(name for name in numeric if np.array_equal(columns[name], np.floor(columns[name])))
    shape = ListShape(frozenset(library.vocabulary) - columns.keys(), whole)
    sql = pack_sql(library.evaluator(pack, DAY, None), shape)
    kinds = ", ".join(f"{words} AS k{number}" for number, words in enumerate(sql.categories.values()))
    counts = ", ".join(f"COUNT(*) FILTER (k{number})" for number in range(len(sql.categories)))
    taken = []
    with duckdb.connect() as con:
        con.register("drawn", columns)
        told = ", ".join(_column(library, name, whole) for name in columns)
        con.execute(f"CREATE TABLE list AS SELECT {told} FROM drawn")  # noqa: S608 - names of ours
        for _ in range(3):
            start = time.perf_counter()
            row = con.execute(f"SELECT {counts} FROM (SELECT {kinds} FROM list)").fetchone() or ()  # noqa: S608
            taken.append(time.perf_counter() - start)
    return min(taken), dict(zip(sql.categories, row, strict=True))


def _column(library: Library, name: str, whole: Collection[str] = ()) -> str:
    """A fact as a warehouse keeps it: yes/no, whole or broken number, one of a few words."""
    spec = library.vocabulary[name]
    if spec.values:
        words = ", ".join(f"'{word}'" for word in spec.values)
        return f"CAST([{words}][{name} + 1] AS ENUM ({words})) AS {name}"
    kind = "BOOLEAN" if spec.kind == "bool" else "BIGINT" if name in whole else "DOUBLE"
    return f"CAST({name} AS {kind}) AS {name}"


def theirs_of(library: Library, pack: str, columns: Columns, folder: Path) -> tuple[float, Mapping[str, int]] | None:
    """The same by OpenFisca in its own environment; None where that is not set up."""
    if not OTHERS.exists() or subprocess.run([OTHERS, "-c", "import openfisca_core"], capture_output=True).returncode:
        return None
    rules, drawn = folder / "rules.json", folder / "households.npz"
    rules.write_text(json.dumps(rules_of(library.evaluator(pack, DAY, None))), encoding="utf-8")
    np.savez(drawn, allow_pickle=False, **columns)
    done = subprocess.run([OTHERS, WORKER, rules, drawn], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"OpenFisca failed on {pack}: {done.stderr.strip().splitlines()[-1]}")
    found = json.loads(done.stdout)
    return found["seconds"], found["counts"]


def _from_file_to_file(library: Library, pack: str, rows: int) -> str:
    """`shouwang screen` in a process of its own, Parquet in and out."""
    with tempfile.TemporaryDirectory(prefix="shouwang-bench-") as name:
        folder = Path(name)
        _write(library, pack, rows, folder / "list.parquet")
        command = [Path(sys.executable).with_name("shouwang"), "screen", "--pack", pack, "--date", DAY.isoformat()]
        start = time.perf_counter()
        subprocess.run(
            [*command, "--input", folder / "list.parquet", "--output", folder / "out.parquet"],
            check=True, capture_output=True,
        )  # fmt: skip
        taken = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return (
        f"`shouwang screen` of {rows:,} complete households from Parquet to Parquet ({pack}): {taken:.1f} s, "
        f"memory at its peak {peak:,.0f} MB (aim below {MEMORY_AIM:,}; with what was measured before it)"
    )


def _write(library: Library, pack: str, rows: int, file: Path) -> None:
    """The list in pieces of a million, so that writing it needs little."""
    pieces = []
    with duckdb.connect() as con:
        for number, start in enumerate(range(0, rows, COMPARED)):
            columns = households(library, pack, min(COMPARED, rows - start), SEED + number)
            con.register("drawn", columns)
            told = ", ".join(_column(library, name) for name in columns)
            pieces.append(file.with_suffix(f".{number}"))
            con.execute(f"COPY (SELECT {told} FROM drawn) TO '{pieces[-1]}' (FORMAT PARQUET)")  # noqa: S608
        listed = ", ".join(f"'{piece}'" for piece in pieces)
        con.execute("SET memory_limit = '1GB'")
        con.execute(f"COPY (SELECT * FROM read_parquet([{listed}])) TO '{file}' (FORMAT PARQUET)")  # noqa: S608
    for piece in pieces:
        piece.unlink()
