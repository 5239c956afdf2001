"""A page of docs followed as a reader follows it: its files are written, its commands run, their output compared.

Commands run in this process: a page of ten would otherwise start ten programs.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from bot.cli.app import _sentence, app
from tests.support.command import Command

BLOCK = re.compile(r"^```(\w+)(?: (\S+))?(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROMPT = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


@dataclass(frozen=True)
class Ran:
    """One command of the page: what the page says it prints, and what it printed."""

    command: str
    page: str
    printed: str


def run_here(*arguments: str, environment: Mapping[str, str] | None = None) -> tuple[int, str]:
    """The status and everything that was said, as `shouwang` says it; fails where it would be a traceback."""
    own = {name: "" for name in os.environ if name.startswith("SHOUWANG_")} if environment is not None else {}
    done = CliRunner().invoke(app, arguments, env=own | dict(environment or {}))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        assert isinstance(done.exception, Exception)
        sentence = _sentence(done.exception)
        assert sentence is not None, f"a traceback: {done.exception!r}"
        return 1, f"{done.output}{sentence}\n"
    return done.exit_code, done.output


def follow(page: Path, folder: Path) -> Iterator[Ran]:
    """Every command of the page in its order, run in `folder` with an office of its own.

    A block with a file name is written as that file (with an encoding as third word); a `sh` block holds commands
    after `$`, with settings in front of them, each with what it prints.
    """
    office = {name: value for name, value in Command(folder).environment.items() if name.startswith("SHOUWANG_")}
    for kind, name, encoding, text in BLOCK.findall(page.read_text("utf-8")):
        if kind != "sh" and name:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode(encoding or "utf-8"))
        for command, printed in PROMPT.findall(text) if kind == "sh" else ():
            words = shlex.split(command)
            at = next(n for n, word in enumerate(words) if "=" not in word)
            settings = office | dict(word.split("=", 1) for word in words[:at])
            with chdir(folder):
                said = _said(words[at], words[at + 1 :], settings)
            yield Ran(command, printed, said.replace("\ufeff", "").replace("\r\n", "\n"))


def _said(program: str, arguments: list[str], settings: Mapping[str, str]) -> str:
    if program == "cat":
        return "".join(Path(name).read_text("utf-8") for name in arguments)
    assert program == "shouwang", program
    return run_here(*arguments, environment=settings)[1]
