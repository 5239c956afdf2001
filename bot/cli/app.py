"""The command line put together, and the one place where an error becomes a sentence."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

import typer

from bot.cli import (
    areas,
    ask,
    assess,
    audit,
    backup,
    case,
    chat,
    demo,
    extract,
    packs,
    replay,
    screen,
    serve,
    settings,
    train,
    users,
)

app = typer.Typer(
    name="shouwang",
    help="守望 Shouwang: chat and hotline intake for anti-return-to-poverty monitoring (防返贫监测).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("chat")(chat.chat)
app.command("extract")(extract.extract)
app.command("assess")(assess.assess)
app.command("ask")(ask.ask)
app.command("screen")(screen.screen)
app.command("replay")(replay.replay)
app.command("case")(case.case)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("audit")(audit.audit)
app.command("settings")(settings.settings)
app.command("train")(train.train)
app.command("demo")(demo.demo)
app.add_typer(packs.app, name="packs")
app.add_typer(users.app, name="users")
app.add_typer(areas.app, name="areas")

INTERRUPTED = 130
HERE = Path(__file__).resolve().parents[2]
ROOMS = ("actions", "bot", "nlu", "policy_kb", "storage")


def main() -> None:
    """Run the command; whatever is known to go wrong ends in one sentence and status 1, without a traceback."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has enough; nothing may be flushed into the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        sys.exit(1)


def _sentence(error: Exception) -> str | None:
    """What to tell about an error that has a sentence of its own; None for one that is a fault of the program."""
    if isinstance(error, OSError):
        return f"{error.strerror or error}: {error.filename}" if error.filename else str(error)
    if type(error).__module__.partition(".")[0] in ROOMS or _refused_by_us(error):
        return str(error) or type(error).__name__
    return None


def _refused_by_us(error: Exception) -> bool:
    """Whether a ValueError was raised by a line of ours, about a file or a value that somebody gave."""
    if not isinstance(error, ValueError) or os.environ.get("SHOUWANG_LOG_LEVEL", "").upper() == "DEBUG":
        return False
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1]
    return any(Path(last.filename).is_relative_to(HERE / room) for room in ROOMS) and "raise " in (last.line or "")
