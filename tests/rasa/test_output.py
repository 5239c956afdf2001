"""What Rasa prints: whole before it is up, wordless afterwards."""

from __future__ import annotations

import logging

import pytest

from bot.rasa_link.output import LISTENING, OutputFilter

AFTER = [
    # (what Rasa's process prints once messages come in, what our log may say of it)
    ("2026-11-21 10:00:00,123 ERROR rasa.core.processor:640 ClientResponseError", "rasa.core.processor"),
    ("2026-11-21 10:00:00 WARNING  rasa.core.channels.rest - text=俺爹得了肺癌", "rasa.core.channels.rest"),
    ("ValueError: could not parse 俺爹得了肺癌", "ValueError"),
    ("rasa.shared.exceptions.RasaException: 俺爹得了肺癌", "RasaException"),
    ('  File "x.py", line 3, in f: 俺爹得了肺癌', None),
    ("俺爹得了肺癌 13800001234", None),
    ("\x1b[31m2026-11-21 10:00:00 ERROR root:1 俺爹得了肺癌\x1b[0m", "root"),
]


@pytest.mark.parametrize(("line", "kept"), AFTER)
def test_once_messages_come_in_only_level_module_and_kind_of_error_pass(
    line: str, kept: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    output = OutputFilter(logging.getLogger("test.rasa"))
    output.feed(LISTENING)
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        output.feed(line)
    assert "肺癌" not in caplog.text
    assert "13800001234" not in caplog.text
    if kept is None:
        assert not caplog.records
    else:
        assert kept in caplog.text


def test_before_it_is_up_its_words_are_kept_to_tell_why_it_did_not_start(caplog: pytest.LogCaptureFixture) -> None:
    output = OutputFilter(logging.getLogger("test.rasa"))
    output.feed("OSError: [Errno 98] Address already in use")
    assert not output.up
    assert output.last_words == ["OSError: [Errno 98] Address already in use"]


def test_nothing_said_after_it_is_up_is_kept_as_last_words() -> None:
    output = OutputFilter(logging.getLogger("test.rasa"))
    output.feed(LISTENING)
    output.feed("俺爹得了肺癌")
    assert output.last_words == [LISTENING]
