"""docs/packs.md is followed word for word: its edits fit, and its commands say what the page prints."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.support.command import SHOUWANG, Command

PAGE = Path(__file__).parents[2] / "docs" / "packs.md"
FOLDER = "mine/qingyuan-2031-2"
BLOCK = re.compile(r"^```(diff|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def edit(folder: Path, block: str) -> None:
    """Replaces the lines marked - by those marked +, in the file named in the first line."""
    head, *lines = block.splitlines()
    path = folder / head.removeprefix("--- ")
    old = "".join(line[1:] + "\n" for line in lines if line.startswith("-"))
    new = "".join(line[1:] + "\n" for line in lines if line.startswith("+"))
    text = path.read_text("utf-8")
    assert old in text, f"{path.name} has no {old!r}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_the_worked_example_can_be_followed(tmp_path: Path) -> None:
    environment = Command(tmp_path).environment
    ran = 0
    for kind, block in BLOCK.findall(PAGE.read_text("utf-8")):
        if kind == "diff":
            edit(tmp_path / FOLDER, block)
            continue
        for command, printed in re.findall(r"^\$ shouwang (.*)\n((?:[^$].*\n)*)", block, re.MULTILINE):
            done = subprocess.run(
                [SHOUWANG, *command.split()], cwd=tmp_path, env=environment, capture_output=True, check=False
            )
            assert (done.stdout + done.stderr).decode() == printed
            ran += 1
    assert ran == 8
