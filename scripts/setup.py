"""Sets up what a command needs: `setup.py run`, `test` or `eval`. Safe to run again, safe to interrupt.

Each step is stamped with a hash of its inputs, so that a second run does nothing. Needs only the standard library
of Python 3.10; the tools it uses are installed into the checkout (`.uv/`, `.venv/`, `.venv-rasa/`, for
`make eval` also `.venv-eval/`).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pythons
import stamps

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
UV = ROOT / ".uv" / "bin" / "uv"
CORE = ROOT / ".venv"
RASA = ROOT / ".venv-rasa"
EVAL = ROOT / ".venv-eval"
VENDOR = ROOT / "bot" / "web" / "static" / "vendor"
CORE_VERSIONS = ("3.11", "3.12", "3.13")
RASA_VERSIONS = ("3.10",)
BROWSER_PARTS = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "pico.min.css": "@picocss/pico/css/pico.min.css",
}


class SetupFailed(Exception):
    """A step did not succeed; the message says which one and what to do."""


def main(purpose: str) -> None:
    with one_at_a_time():
        install_uv()
        make_core("core" if purpose == "run" else "dev")
        make_rasa()
        if purpose == "eval":
            make_eval()
        else:
            fetch_browser_parts()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two set-ups of one checkout wait for one another."""
    lock = ROOT / "var" / "setup.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def install_uv() -> None:
    """uv, pinned by hash, into its own small environment in the checkout."""
    lock = REQUIREMENTS / "uv.txt"
    stamp, wanted = ROOT / ".uv" / "shouwang-stamp", stamps.fingerprint([lock])
    if stamps.is_fresh(stamp, wanted) and runs(UV, "--version"):
        return
    say("installing uv into .uv/")
    if not runs(UV.with_name("python"), "-m", "pip", "--version"):
        venv.create(ROOT / ".uv", clear=True, with_pip=True)
    pip = [UV.with_name("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    call("installing uv", *pip, "--require-hashes", "-r", lock)
    stamps.write(stamp, wanted)


def make_core(kind: str) -> None:
    """The core environment: `core` to run, `dev` (which holds the same pins and more) to test as well."""
    lock = REQUIREMENTS / f"{kind}.txt"
    project = ROOT / "pyproject.toml"
    for larger in {kind, "dev"}:
        wanted = stamps.fingerprint([REQUIREMENTS / f"{larger}.txt", project], larger, str(ROOT))
        if stamps.is_fresh(CORE / f"shouwang-{larger}", wanted) and runs(CORE / "bin" / "python", "-c", "import bot"):
            return
    make_environment(CORE, CORE_VERSIONS)
    install(CORE, lock)
    say("installing the project itself (editable)")
    # "compat" puts the checkout itself on the path: a new file is found without installing again.
    options = ["--no-deps", "--no-build-isolation", "--config-setting", "editable_mode=compat"]
    call("installing the project", *uv_pip(CORE), *options, "--editable", ROOT)
    stamps.write(CORE / f"shouwang-{kind}", stamps.fingerprint([lock, project], kind, str(ROOT)))


def make_rasa() -> None:
    """The environment of Rasa, fenced off with its old pins; the largest download (about 1 GB)."""
    lock = REQUIREMENTS / "rasa.txt"
    stamp, wanted = RASA / "shouwang-rasa", stamps.fingerprint([lock], str(ROOT))
    if stamps.is_fresh(stamp, wanted) and runs(RASA / "bin" / "python", "--version"):
        return
    make_environment(RASA, RASA_VERSIONS)
    install(RASA, lock)
    stamps.write(stamp, wanted)


def make_eval() -> None:
    """Other programs that ours is compared with, fenced off. `make eval` and `make bench` go on without and say so."""
    lock = REQUIREMENTS / "eval.txt"
    stamp, wanted = EVAL / "shouwang-eval", stamps.fingerprint([lock], str(ROOT))
    if stamps.is_fresh(stamp, wanted) and runs(EVAL / "bin" / "python", "--version"):
        return
    try:
        make_environment(EVAL, CORE_VERSIONS)
        install(EVAL, lock)
    except (SetupFailed, pythons.NoPython) as error:
        say(f"one comparison cannot be made, the others can: {error}")
        return
    stamps.write(stamp, wanted)


def fetch_browser_parts() -> None:
    """htmx and Pico CSS from npm into the static folder. The pages work without them, so a failure only warns."""
    lock = ROOT / "package-lock.json"
    stamp, wanted = VENDOR / "shouwang-stamp", stamps.fingerprint([lock], *BROWSER_PARTS)
    if stamps.is_fresh(stamp, wanted) and all((VENDOR / name).is_file() for name in BROWSER_PARTS):
        return
    say("fetching the browser parts (htmx, Pico CSS) with npm")
    try:
        npm_ci()
        VENDOR.mkdir(parents=True, exist_ok=True)
        for name, source in BROWSER_PARTS.items():
            shutil.copyfile(ROOT / "node_modules" / source, VENDOR / name)
    except (SetupFailed, OSError) as error:
        say(f"the browser parts could not be fetched, the pages work plainly without them: {error}")
        return
    stamps.write(stamp, wanted)


def npm_ci() -> None:
    """Install what package-lock.json pins, with the machine's npm or, where there is none, one from PyPI."""
    options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(ROOT)]
    own = shutil.which("npm")
    if own and runs(Path(own), "--version"):
        call("npm ci", own, *options)
        return
    say("no npm on this machine, installing one from PyPI")
    install(CORE, REQUIREMENTS / "node.txt")
    call("npm ci", CORE / "bin" / "npm", *options, PATH=f"{CORE / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}")


def make_environment(folder: Path, versions: tuple[str, ...]) -> None:
    """An environment that works is kept; a half-made one is made anew."""
    if runs(folder / "bin" / "python", "-c", "import ssl") and (folder / "pyvenv.cfg").is_file():
        return
    python = pythons.find(UV, versions)
    say(f"making {folder.name}/ with {python}")
    call(f"making {folder.name}", UV, "venv", "--quiet", "--no-project", "--clear", "--python", python, folder)


def install(folder: Path, lock: Path) -> None:
    say(f"installing {lock.relative_to(ROOT)} into {folder.name}/ (once; what is downloaded already is kept)")
    call(f"installing {lock.name}", *uv_pip(folder), "--require-hashes", "-r", lock)


def uv_pip(folder: Path) -> list[object]:
    return [UV, "pip", "install", "--python", folder / "bin" / "python"]


def call(what: str, *command: object, **environment: str) -> None:
    """Run a step in sight of the person who waits; raises SetupFailed."""
    env = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONHOME")}
    env.update(environment)
    status = subprocess.run([str(part) for part in command], cwd=ROOT, env=env, check=False).returncode
    if status:
        raise SetupFailed(f"{what} failed (status {status}); the lines above say why. Run the same command again.")


def runs(program: Path, *arguments: str) -> bool:
    try:
        return subprocess.run([str(program), *arguments], cwd=ROOT, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def say(text: str) -> None:
    print(f"[set-up] {text}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] not in (["run"], ["test"], ["eval"]):
        sys.exit("usage: setup.py run|test|eval")
    try:
        main(sys.argv[1])
    except (SetupFailed, pythons.NoPython) as failure:
        sys.exit(f"[set-up] {failure}")
    except KeyboardInterrupt:
        sys.exit("\n[set-up] interrupted; the same command takes it up where it stopped.")
