"""Finding a Python of a wanted version: uv's search, then pyenv's versions folder, then uv's own download."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

NEEDED_MODULES = "ssl, sqlite3, ctypes, zlib"


class NoPython(Exception):
    """No Python of the wanted versions could be found or fetched."""


def find(uv: Path, versions: tuple[str, ...]) -> Path:
    """The first Python that fits one of `versions` ("3.11"), in their order; raises NoPython."""
    for search in (_known_to_uv, _installed_by_pyenv):
        for version in versions:
            python = search(uv, version)
            if python is not None and _works(python, version):
                return python
    python = _downloaded(uv, versions[0])
    if python is not None and _works(python, versions[0]):
        return python
    wanted = " or ".join(versions)
    raise NoPython(
        f"Python {wanted} was not found, neither by uv nor among pyenv's versions, and could not be downloaded: "
        f"install one (for example `pyenv install {versions[0]}` or `uv python install {versions[0]}`) "
        "and run the same command again."
    )


def _known_to_uv(uv: Path, version: str) -> Path | None:
    return _ask([str(uv), "python", "find", "--no-project", "--system", "--no-python-downloads", version])


def _installed_by_pyenv(_uv: Path, version: str) -> Path | None:
    """pyenv's shims answer only where a `.python-version` says so; its versions folder always does."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = [path for path in root.glob(f"{version}*") if re.fullmatch(rf"{re.escape(version)}\.\d+", path.name)]
    found.sort(key=lambda path: int(path.name.rsplit(".", 1)[1]))
    return found[-1] / "bin" / "python3" if found else None


def _downloaded(uv: Path, version: str) -> Path | None:
    print(f"  no Python {version} on this machine, letting uv download one …", flush=True)
    if subprocess.run([str(uv), "python", "install", version], check=False).returncode:
        return None
    return _ask([str(uv), "python", "find", "--no-project", "--managed-python", version])


def _works(python: Path, version: str) -> bool:
    check = f"import sys, {NEEDED_MODULES}; raise SystemExit('%d.%d' % sys.version_info[:2] != {version!r})"
    try:
        return subprocess.run([str(python), "-c", check], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def _ask(command: list[str]) -> Path | None:
    answer = subprocess.run(command, check=False, capture_output=True, text=True)
    return Path(answer.stdout.strip()) if answer.returncode == 0 and answer.stdout.strip() else None
