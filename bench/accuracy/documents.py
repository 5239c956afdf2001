"""What a run leaves in the documents: the comparison between markers, and a line of history per release.

Only figures are written. The texts of sets that do not belong to the repository stay on the screen.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bench.accuracy.measure import COMPARED, OURS, Group, Run
from bench.accuracy.sets import HELD_OUT, PETITIONS, ROOT, UNREAD
from bench.accuracy.tables import MAIN, comparison, notes
from nlu.evaluation.report import figures

README = ROOT / "README.md"
ACCURACY = ROOT / "docs" / "accuracy.md"
COMPARISON = ("<!-- comparison: written by make eval -->", "<!-- end of comparison -->")
HISTORY = ("<!-- history: a line per release, written by make eval -->", "<!-- end of history -->")
_OF = {
    HELD_OUT: "Held-out sets of the repository",
    UNREAD: "Real petition-board messages held out, not in the repository",
    PETITIONS: "Real petition-board messages, which the developers have read, not in the repository",
}


class NoMarkers(Exception):
    """A document lacks the pair of markers between which something is to be written."""


def write_comparison(run: Run, commit: str, day: date, files: tuple[Path, ...] = (README, ACCURACY)) -> None:
    """Put the comparison on what nobody tuned on, and on real messages, between the markers of the documents."""
    text = "\n\n".join(_comparison(run, commit, day))
    for file in files:
        file.write_text(between(file.read_text(encoding="utf-8"), COMPARISON, text, file.name), encoding="utf-8")


def _comparison(run: Run, commit: str, day: date) -> Iterator[str]:
    for group in run.groups:
        if group.name in COMPARED:
            yield f"**{_OF[group.name]}: {group.rows} messages** ({day.isoformat()}, {commit}):"
            yield comparison(group, run)
    yield notes(run)


def record(run: Run, name: str, commit: str, day: date, file: Path = ACCURACY) -> None:
    """Append the line of release `name`; a line of the same name is replaced, so that recording twice does no harm."""
    content = file.read_text(encoding="utf-8")
    begin, end = HISTORY
    old = content.partition(begin)[2].partition(end)[0].strip().splitlines()
    kept = [line for line in old if line.split("|")[2:3] != [f" {name} "]]
    text = "\n".join([*(kept or _head()), history_line(run, name, commit, day)])
    file.write_text(between(content, HISTORY, text, file.name), encoding="utf-8")


def _head() -> list[str]:
    cells = ["date", "release", "commit", "sets (messages)", *MAIN]
    return ["| " + " | ".join(cells) + " |", "|" + "---|" * len(cells)]


def history_line(run: Run, name: str, commit: str, day: date) -> str:
    """Figures of the held-out sets / of real petitions held out / of those read; «–» where one of them has none."""
    groups = {group.name: group for group in run.groups}
    of = [groups.get(which) for which in COMPARED]
    sets = " / ".join(f"{which} ({groups[which].rows})" for which in COMPARED if which in groups)
    cells = [" / ".join(_rate(group, measure) for group in of) for measure in MAIN]
    return "| " + " | ".join([day.isoformat(), name, commit, sets or "–", *cells]) + " |"


def _rate(group: Group | None, measure: str) -> str:
    found = figures(group.scores[OURS], [measure]) if group else {}
    return f"{found[measure].rate:.2f}" if measure in found else "–"


def between(content: str, markers: tuple[str, str], text: str, name: str) -> str:
    """`content` with `text` between the markers; raises NoMarkers."""
    begin, end = markers
    head, found, rest = content.partition(begin)
    _, closed, tail = rest.partition(end)
    if not found or not closed:
        raise NoMarkers(f"{name} has no lines {begin!r} … {end!r}")
    return f"{head}{begin}\n\n{text}\n\n{end}{tail}"


def commit_here() -> str:
    """The short name of the commit measured, with «+» where the files differ from it; «?» outside git."""
    try:
        short = _git("rev-parse", "--short", "HEAD")
        return short + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "?"


def _git(*arguments: str) -> str:
    run = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return run.stdout.strip()
