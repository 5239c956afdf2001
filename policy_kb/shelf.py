"""An office's own packs: a folder that is edited by hand, and beside it a copy of each pack as it was last found sound.

A pack with any fault is refused whole; its last sound edition goes on serving, also after a restart.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from policy_kb.errors import Fault, PolicyError
from policy_kb.library import Library
from policy_kb.loading import HERE, check_folder, load_library, pack_folders, read_folder
from policy_kb.pack import Pack

Mark = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Looked:
    """What a look at the folder came to: ids of packs that serve from now on, and everything wrong in the others."""

    served: tuple[str, ...]
    faults: tuple[Fault, ...]


def own_folders(folder: Path) -> list[Path]:
    """The packs in a folder; none where it is absent or empty."""
    try:
        return pack_folders(folder) if folder.is_dir() else []
    except PolicyError:
        return []


class Shelf:
    """`folder`: the packs as they are edited, one folder each; it may be absent. `kept`: where sound editions lie."""

    def __init__(self, folder: Path, kept: Path, office_file: Path | None = None, root: Path = HERE) -> None:
        self.folder, self.kept, self.office_file, self.root = folder, kept, office_file, root
        self._mark: Mark | None = None
        self.looked = Looked((), ())  # the last look

    def load(self) -> Library:
        """The installed packs with the office's own in front of them; an own pack with faults never stops the start.

        Raises `PackError` where the installed packs or the office file do not hold together.
        """
        self._mark = self._seen()
        own = self._own(load_library(root=self.root)) if own_folders(self.folder) else {}
        office = self.office_file if self.office_file and self.office_file.exists() else None
        return load_library(office, self.root, own)

    def look_again(self, library: Library) -> Looked | None:
        """Serve what has changed in the folder from now on; None where nothing has. Threads may be assessing."""
        mark = self._seen()
        if mark == self._mark:
            return None
        self._mark = mark
        installed = load_library(root=self.root)
        library.use_packs({**installed.packs, **self._own(installed)})
        return self.looked

    def _own(self, installed: Library) -> dict[str, Pack]:
        found: dict[str, Pack] = {}
        faults: list[Fault] = []
        for folder in own_folders(self.folder):
            wrong = self._faults(folder)
            faults += wrong
            if not wrong:
                self._keep(folder)
            sound = self.kept / folder.name
            if sound.is_dir():
                pack = read_folder(sound, installed)
                found[pack.id] = pack
        self.looked = Looked(tuple(found), tuple(sorted(set(faults))))
        return found

    def _faults(self, folder: Path) -> tuple[Fault, ...]:
        try:
            return check_folder(folder, self.root)[1]
        except (PolicyError, OSError) as error:
            return (Fault(folder.name, 1, 1, str(error)),)

    def _keep(self, folder: Path) -> None:
        """A copy is put in place whole, so that a crash leaves the one before or the new one."""
        target, fresh = self.kept / folder.name, self.kept / f".{folder.name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(folder, fresh)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)

    def _seen(self) -> Mark:
        files = sorted(self.folder.rglob("*.y*ml")) if self.folder.is_dir() else []
        states = ((file, file.stat()) for file in files if file.is_file())
        return tuple((str(file.relative_to(self.folder)), state.st_mtime_ns, state.st_size) for file, state in states)
