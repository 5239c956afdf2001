"""Structured logs, one line an event, without a name, a phone, an ID number or a message text.

Loggers are the standard library's (`logging.getLogger(__name__)`); say ids and kinds, never what a person wrote.
`scrub` is the last line of defence: our own log lines are English, so Chinese text in one can only have come from a
person or a document, and a long run of digits can only be a phone, an ID or a receipt number.
"""

from __future__ import annotations

import logging
import logging.config
import re
import sys
import unicodedata
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Any

import structlog

MANY_DIGITS = re.compile(r"(?<![0-9A-Fa-f-])\d(?:[ \-\u00b7]?\d){6,}[0-9Xx]?")
HAN = re.compile(
    r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+(?:[\s\d,.]*[\u3400-\u9fff\U00020000-\U0003ffff]+)*"
)
TOKEN_IN_URL = re.compile(r"bot\d+:[\w-]+")
LONG_SEGMENT = re.compile(r"/[^/\s]{16,}")
FILE_BYTES, KEPT_FILES = 10_000_000, 9
QUIET = (
    "alembic",
    "httpx",
    "httpcore",
    "telegram",
    "telegram.ext",
    "apscheduler",
    "asyncio",
    "multipart",
    "sanic",
    "rasa_sdk",
)


def scrub(text: str) -> str:
    """The text without Chinese writing, long numbers and bot tokens; what was there stays visible as a mark."""
    text = unicodedata.normalize("NFKC", text)
    text = TOKEN_IN_URL.sub("<token>", text)
    text = HAN.sub("<text>", text)
    return MANY_DIGITS.sub("<number>", text)


def configure(level: str = "INFO", stream: IO[str] | None = None, file: Path | None = None) -> None:
    """Send every logger of the process to stderr (or `stream`) as `time level logger event key=value …`, scrubbed.

    `file`: there as well, KEPT_FILES files of FILE_BYTES in turn.
    """
    logging.raiseExceptions = False  # a line that cannot be written must not be shown raw instead
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.format_exc_info,
        _scrub_event,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer = structlog.processors.LogfmtRenderer(
        key_order=["timestamp", "level", "logger", "event"], bool_as_flag=False
    )
    quiet = {name: {"level": "WARNING"} for name in QUIET}
    handlers: dict[str, dict[str, Any]] = {
        "lines": {"class": "logging.StreamHandler", "formatter": "line", "stream": stream or sys.stderr}
    }
    if file is not None:
        handlers["file"] = {"()": _rotating, "path": file, "formatter": "line"}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"paths": {"()": PathsOnly}},
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                }
            },
            "handlers": handlers,
            "root": {"handlers": list(handlers), "level": level},
            # dictConfig leaves `propagate` as it was, and uvicorn's own way of logging turns it off
            "loggers": {
                **quiet,
                "uvicorn": {"level": "WARNING", "propagate": True},
                "uvicorn.error": {"level": "WARNING", "propagate": True},
                "uvicorn.access": {"level": level, "filters": ["paths"], "propagate": True},
            },
        }
    )


def _rotating(path: Path) -> logging.Handler:
    path.parent.mkdir(parents=True, exist_ok=True)
    return RotatingFileHandler(path, maxBytes=FILE_BYTES, backupCount=KEPT_FILES, encoding="utf-8")


class PathsOnly(logging.Filter):
    """Access lines show method, path and status; no query, and no path segment that could open something."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple) and len(record.args) == 5:
            _client, method, target, _version, status = record.args
            path = LONG_SEGMENT.sub("/…", str(target).partition("?")[0])
            record.msg, record.args = "%s %s %s", (method, path, status)
        return True


def _scrub_event(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    return {key: scrub(value) if isinstance(value, str) else _plain(value) for key, value in event.items()}


def _plain(value: object) -> object:
    """Numbers and flags stay; whatever else was handed over is shown as scrubbed text."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10_000_000 else "<number>"
    return value if isinstance(value, logging.LogRecord) else scrub(str(value))
