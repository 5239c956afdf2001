"""What a command costs before it begins: nothing that it does not need is imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("fastapi", "sqlalchemy", "rasa_sdk", "httpx", "uvicorn", "apscheduler", "structlog", "sanic")


def imported_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize(
    "code",
    [
        "import bot.cli.app",
        "from bot.cli.extract import handler; handler()",
        "from bot.cli.assess import Asked, handler; handler(None, None, Asked.ANY)",
    ],
)
def test_commands_that_work_on_lines_load_no_server_and_no_database(code: str) -> None:
    assert not imported_by(code) & set(HEAVY)


def test_the_command_line_alone_loads_no_policy_engine() -> None:
    assert "policy_kb" not in imported_by("import bot.cli.app")
