"""A page of docs followed as a reader follows it: its files are written, its commands run, their output compared."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.command import SHOUWANG, Command

BLOCK = re.compile(r"^```(\w+)(?: (\S+))?(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROMPT = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


@dataclass(frozen=True)
class Ran:
    """One command of the page: what the page says it prints, and what it printed (errors first, as they come)."""

    command: str
    page: str
    printed: str


def follow(page: Path, folder: Path) -> Iterator[Ran]:
    """Every command of the page in its order, run in `folder` with an office of its own.

    A block with a file name is written as that file (with an encoding as third word); a `sh` block holds commands
    after `$`, with settings in front of them, each with what it prints.
    """
    environment = Command(folder).environment
    for kind, name, encoding, text in BLOCK.findall(page.read_text("utf-8")):
        if kind != "sh" and name:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode(encoding or "utf-8"))
        for command, printed in PROMPT.findall(text) if kind == "sh" else ():
            words = shlex.split(command)
            program = next(n for n, word in enumerate(words) if "=" not in word)
            assert words[program] in ("shouwang", "cat"), command
            settings = dict(word.split("=", 1) for word in words[:program])
            run = [str(SHOUWANG) if words[program] == "shouwang" else "cat", *words[program + 1 :]]
            done = subprocess.run(run, cwd=folder, env=environment | settings, capture_output=True, check=False)
            yield Ran(
                command, printed, (done.stderr + done.stdout).decode().replace("\ufeff", "").replace("\r\n", "\n")
            )
