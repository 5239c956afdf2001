"""What stands under deploy/ fits the program: its settings exist, its files are readable, nothing secret is in it."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest
import yaml

from bot import settings

ROOT = Path(__file__).parents[2]
FILES = sorted(path for path in (ROOT / "deploy").rglob("*") if path.is_file())
COMMANDS = {"serve", "backup", "restore", "train", "settings"}


@pytest.mark.parametrize("file", [*FILES, ROOT / "docs" / "operations.md"], ids=lambda file: file.name)
def test_every_setting_and_command_that_is_named_exists(file: Path) -> None:
    text = file.read_text("utf-8")
    known = {name for name, _, _ in settings.table(settings.load_settings())}
    assert set(re.findall(r"SHOUWANG_[A-Z_]+[A-Z]", text)) <= known
    assert set(re.findall(r"bin/shouwang[\"', ]+([a-z]+)", text)) <= COMMANDS


@pytest.mark.parametrize("file", [f for f in FILES if f.suffix in (".service", ".timer")], ids=lambda file: file.name)
def test_a_unit_is_readable_and_says_what_it_is(file: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(file, "utf-8")
    assert unit["Unit"]["Description"]
    assert "Service" in unit or "Timer" in unit


def test_the_compose_file_keeps_state_in_volumes_and_no_secret() -> None:
    compose = yaml.safe_load((ROOT / "deploy/compose/compose.yml").read_text("utf-8"))
    used = {entry.split(":")[0] for service in compose["services"].values() for entry in service.get("volumes", ())}
    assert {name for name in used if not name.startswith(".")} == set(compose["volumes"])
    assert "ports" not in compose["services"]["office"], "only the proxy is reached from outside"
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name or "TOKEN" in name:
                assert value.startswith("${"), name
