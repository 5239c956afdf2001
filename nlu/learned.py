"""What is learned from examples: tables kept as JSON in `models/`, named by a hash of everything they were made from.

A `Learned` is one such file. It is made anew where none fits its sources (seconds), in memory where the folder cannot
be written, and `tables()` is None, said in the log, where it cannot be made at all: then rules alone answer.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from nlu.table import Table, Tables

log = logging.getLogger(__name__)

NLU = Path(__file__).parent
MODELS = NLU / "models"
KEPT_MODELS = 2
SHARED_CODE = ("groups.py", "learning.py", "table.py")


@dataclass(slots=True)
class Learned:
    """Tables that are learned together.

    name: how the file's name begins; holds: the names of its tables; code: the modules that decide what is learned;
    data: globs of the examples; training: the module whose `train()` makes the tables; what: what it is, for people;
    instead: what answers without it.
    """

    name: str
    holds: tuple[str, ...]
    code: tuple[str, ...]
    data: tuple[str, ...]
    training: str
    what: str
    instead: str
    _ready: list[Tables | None] = field(default_factory=list)

    def sources(self) -> list[Path]:
        """Everything the tables are made from."""
        code = [NLU / name for name in (*self.code, *SHARED_CODE)]
        return code + [file for one in ("lexicon/**/*.yml", *self.data) for file in sorted(NLU.glob(one))]

    def file(self, folder: Path) -> Path:
        """Where the model that fits the sources stands, or will."""
        digest = hashlib.sha256()
        for file in self.sources():
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
        return folder / f"{self.name}-{digest.hexdigest()[:12]}.json"

    def tables(self) -> Tables | None:
        """The tables, trained first where none fit; None, said in the log, where that cannot be done."""
        if not self._ready:
            self._ready.append(self._made())
        return self._ready[0]

    def forget(self) -> None:
        """Read the tables anew when they are next needed."""
        self._ready.clear()

    def _made(self) -> Tables | None:
        try:
            return self.ensure()
        except Exception:  # rules answer; a message is never lost to what is learned
            log.exception("the model of %s cannot be made; %s", self.what, self.instead)
            return None

    def ensure(self, folder: Path | None = None, say: Callable[[str], None] = log.info) -> Tables:
        """The tables of the file in `folder` (by default `models/`).

        Trained if absent or unreadable, kept in memory where the folder cannot be written.
        """
        folder = folder or MODELS
        file = self.file(folder)
        if ready := self._read(file):
            return ready
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with _only_one(folder / f".{self.name}.lock"):
                return self._read(file) or self._train(file, say)
        except OSError as error:
            log.warning(
                "the model of %s cannot be kept in %s (%s); it is made anew at each start", self.what, folder, error
            )
            return self._train(None, say)

    def _train(self, file: Path | None, say: Callable[[str], None]) -> Tables:
        say(f"Training {self.what} (some seconds) …")
        made: Tables = import_module(self.training).train()  # it needs the readers, which need this
        if file is not None:
            fresh = file.with_suffix(f".{os.getpid()}")
            content = json.dumps({n: t.written() for n, t in made.items()})
            # Plain ASCII takes half the memory when it is read.
            fresh.write_text(content, encoding="ascii")
            fresh.replace(file)
            kept = sorted(file.parent.glob(f"{self.name}-*.json"), key=lambda f: f.stat().st_mtime, reverse=True)
            for old in kept[KEPT_MODELS:]:
                old.unlink(missing_ok=True)
        return made

    def _read(self, file: Path) -> Tables | None:
        if not file.is_file():
            return None
        try:
            data = json.loads(file.read_bytes())
            return {name: Table.read(data[name]) for name in self.holds}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("%s is not readable (%s); it is made anew", file.name, error)
            return None


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
