"""What set-up rests on: locked requirements without an address, settings with a meaning, one version."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from bot import settings
from tests.architecture.sources import ROOMS, ROOT, imported, modules

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
ADDRESS = re.compile(r"https?://|--(?:extra-)?index-url|--find-links", re.IGNORECASE)
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z,]+\])?==(\S+)", re.MULTILINE)

# Needed without an import statement of ours: found by name or by another library.
BY_NAME = {
    "psycopg": "SQLAlchemy loads it for a postgresql URL",
    "python-multipart": "FastAPI reads forms with it",
    "setuptools": "installs the project itself without the network",
    "tzdata": "the time zone where the system has none",
}
PARTS_OF_ANOTHER = {"pydantic-core"}  # comes with pydantic and is released together with it
# Variables that are no settings of a running office.
NOT_SETTINGS = {
    "SHOUWANG_PASSWORD": "shouwang users, instead of typing it",
    "SHOUWANG_REQUIRE": "tests: what may not be skipped",
    "SHOUWANG_TEST_POSTGRES": "tests: a PostgreSQL to use",
    "SHOUWANG_ACTION_URL": "handed to Rasa's process by the core",
}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_pins_by_hash_and_names_no_registry(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert not ADDRESS.findall(text)
    pins = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert not [pin.splitlines()[0] for pin in pins if PINNED.match(pin) and "--hash=sha256:" not in pin]


def test_every_list_of_requirements_has_its_lock() -> None:
    assert {file.stem for file in (ROOT / "requirements").glob("*.in")} == {lock.stem for lock in LOCKS}


def test_running_and_testing_use_the_same_versions() -> None:
    core, dev = (
        dict(PINNED.findall((ROOT / f"requirements/{name}.txt").read_text("utf-8"))) for name in ("core", "dev")
    )
    assert core.items() <= dev.items()


def test_the_browser_parts_are_pinned_without_an_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    parts = {name: part for name, part in packages.items() if name}
    assert parts
    assert all("integrity" in part and "resolved" not in part for part in parts.values())


def test_every_requirement_is_used_and_every_import_is_required() -> None:
    wanted = {_plain(line) for line in (ROOT / "requirements/core.in").read_text("utf-8").splitlines()} - {""}
    provided = metadata.packages_distributions()
    tops = {
        name.partition(".")[0]
        for file, tree in modules().items()
        if file.name != "rasa_component.py"
        for name in imported(tree)
    }
    foreign = tops - set(ROOMS) - set(sys.stdlib_module_names)
    used = {_plain(distribution) for top in foreign for distribution in provided.get(top, [top])}
    assert used - wanted - PARTS_OF_ANOTHER == set(), "imported, but not in requirements/core.in"
    assert wanted - used - set(BY_NAME) == set(), "in requirements/core.in, but imported nowhere"


def _plain(requirement: str) -> str:
    return re.split(r"[\[<>=!~ ;#]", requirement.strip().lower(), maxsplit=1)[0].replace("_", "-")


def test_every_setting_has_a_meaning() -> None:
    assert not [name for name, _, meaning in settings.table(settings.load_settings()) if len(meaning) < 10]


def test_every_variable_that_is_read_is_a_setting() -> None:
    known = {name for name, _, _ in settings.table(settings.load_settings())} | set(NOT_SETTINGS)
    named = {name for file in modules() for name in re.findall(r"SHOUWANG_[A-Z_]+[A-Z]", file.read_text("utf-8"))}
    assert named <= known


def test_the_changelog_begins_with_the_version_of_the_project() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    released = re.search(r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert released is not None
    assert released[1] == version


def test_nothing_tracked_is_personal_to_a_machine() -> None:
    """No home folder of somebody, no key, no database among the files of the project."""
    names = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert not [name for name in names if re.search(r"\.(sqlite3?|db|key|pem|tar\.gz)$", name)]
