"""A model is trained when its sources changed, and only then."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from bot.rasa_link import environment, model
from bot.rasa_link.model import TrainingFailed, ensure_model, source_hash, sources


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """An empty models folder, and a trainer that only notes that it was called."""
    trained: list[Path] = []

    def train(target: Path, home: Path, **_: object) -> None:
        time.sleep(0.2)
        trained.append(target)
        target.write_bytes(b"model")

    monkeypatch.setattr(environment, "MODELS", tmp_path / "models")
    monkeypatch.setattr(model, "train_to", train)
    return trained


def test_the_sources_are_what_the_model_is_made_of() -> None:
    names = {file.name for file in sources()}
    assert {"config.yml", "domain.yml", "rules.yml", "rasa_component.py", "inform.yml"} <= names
    assert all(file.is_file() for file in sources())


@pytest.mark.parametrize("changed", ["config.yml", "nlu/training/a.yml"])
def test_any_change_of_a_source_asks_for_another_model(tmp_path: Path, changed: str) -> None:
    files = [tmp_path / "config.yml", tmp_path / "nlu/training/a.yml"]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("before", "utf-8")
    before = source_hash(files)
    (tmp_path / changed).write_text("after", "utf-8")
    assert source_hash(files) != before
    (tmp_path / changed).write_text("before", "utf-8")
    assert source_hash(files) == before


def test_a_model_that_fits_is_not_trained_again(office: list[Path]) -> None:
    first = ensure_model()
    second = ensure_model()
    assert first == second
    assert len(office) == 1
    assert first.read_bytes() == b"model"


def test_two_that_ask_at_once_train_once(office: list[Path]) -> None:
    threads = [threading.Thread(target=ensure_model) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(office) == 1


def test_a_training_that_fails_leaves_no_half_model(office: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(target: Path, home: Path, **_: object) -> None:
        target.write_bytes(b"half")
        raise TrainingFailed("Rasa could not train the model; it said: …")

    monkeypatch.setattr(model, "train_to", fail)
    with pytest.raises(TrainingFailed):
        ensure_model()
    left = [file.name for file in environment.MODELS.iterdir()]
    assert left == [".lock"]


def test_progress_is_told(office: list[Path]) -> None:
    said: list[str] = []
    ensure_model(progress=said.append)
    assert "Training" in said[0]
    assert "Trained" in said[-1]


def test_old_models_are_cleared_away(office: list[Path]) -> None:
    environment.MODELS.mkdir(parents=True)
    for age in range(5):
        old = environment.MODELS / f"acts-{age:012d}.tar.gz"
        old.write_bytes(b"old")
    fresh = ensure_model()
    left = list(environment.MODELS.glob("acts-*.tar.gz"))
    assert fresh in left
    assert len(left) == model.KEPT_MODELS


def test_a_missing_rasa_environment_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(environment.RasaMissing, match="make run"):
        environment.command("run", python=tmp_path / "nowhere")


@pytest.mark.rasa
def test_training_data_that_rasa_cannot_read_is_told_with_rasas_own_words(tmp_path: Path) -> None:
    if not environment.DEFAULT_PYTHON.exists():
        pytest.skip("there is no Rasa environment (.venv-rasa)")
    (tmp_path / "training").mkdir()
    (tmp_path / "training" / "broken.yml").write_text("version: '3.1'\nnlu:\n  - intent: [\n", "utf-8")
    with pytest.raises(TrainingFailed, match="could not train"):
        model.train_to(tmp_path / "m.tar.gz", home=tmp_path / "home", training=tmp_path / "training")
    assert not (tmp_path / "m.tar.gz").exists()
