"""What of Rasa's own output may reach our log: levels, modules, kinds of error; never what people wrote."""

from __future__ import annotations

import logging
import re

LINE = re.compile(
    r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\S*\s+"
    r"\[?(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL)\s*\]?\s+"
    r"(?P<module>[\w.]+)(:\d+)?(?P<error> [A-Z][A-Za-z]*(Error|Exception|Interrupt|Timeout|Rejection|NotFound)$)?",
    re.IGNORECASE | re.ASCII,
)
ERROR_NAME = re.compile(r"^(?P<name>[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|NotFound|Invalid\w*))\b")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LISTENING = "listening"  # what nlu/rasa_component.py prints


class OutputFilter:
    """Reads Rasa's lines one by one. Until it says that it is up, no message can have reached it, and lines pass
    whole; from then on only level and module, or the name of an error, pass."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self.up = False
        self.last_words: list[str] = []  # before it was up; for telling why it did not start

    def feed(self, line: str) -> None:
        text = COLOUR.sub("", line).rstrip()
        if not text:
            return
        if not self.up:
            self.last_words = [*self.last_words[-14:], text]
            self._log.debug("rasa: %s", text)
            self.up = text == LISTENING
            return
        self._pass_on_safely(text)

    def _pass_on_safely(self, text: str) -> None:
        if match := LINE.match(text):
            level = logging.getLevelName(match["level"].upper())
            self._log.log(
                level if level >= logging.WARNING else logging.DEBUG,
                "rasa: %s%s",
                match["module"],
                match["error"] or "",
            )
        elif match := ERROR_NAME.match(text):
            self._log.warning("rasa: %s", match["name"])
