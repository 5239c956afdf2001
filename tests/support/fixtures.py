"""Fixtures of the whole system: `rasa` (one for the session), `core` (one for a test module)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.rasa_link import environment
from tests.support.system import Core, SharedRasa


@pytest.fixture(scope="session")
def shared_rasa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedRasa]:
    """One real Rasa, trained and loaded once."""
    if not environment.DEFAULT_PYTHON.exists():
        pytest.skip("there is no Rasa environment (.venv-rasa); `make test` sets it up")
    rasa = SharedRasa(tmp_path_factory.mktemp("rasa"))
    yield rasa
    rasa.stop()


@pytest.fixture(scope="module")
def core(shared_rasa: SharedRasa, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    """A running system with an empty office of its own."""
    with shared_rasa.core(tmp_path_factory.mktemp("core")) as running:
        yield running
