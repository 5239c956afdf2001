"""Which act a message is: the training data's soundness, and how often the trained model is right."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.rasa_link import environment
from bot.rasa_link.acts import harmless, pending_kind
from bot.rasa_link.model import ensure_model
from policy_kb import load_library

HERE = Path(__file__).parent
ACTS = {
    *("inform", "affirm", "deny", "dont_know", "correct", "ask_policy", "ask_why", "apply", "on_behalf", "complain"),
    *("check_status", "add_more", "withdraw", "want_person", "start_over", "greet", "thanks", "danger"),
}
Row = tuple[str, str | None, frozenset[str]]


def rows(name: str) -> list[Row]:
    """(text, pending question, the acts that are right)."""
    found = yaml.safe_load((HERE / name).read_text("utf-8"))
    return [(text, asks, frozenset([acts] if isinstance(acts, str) else acts)) for text, asks, acts in found]


def examples() -> list[tuple[str, str, tuple[str, ...]]]:
    """(act, text, pendings) of all training data."""
    pendings = _pendings()
    found = []
    for file in sorted((environment.NLU / "training").glob("*.yml")):
        for block in yaml.safe_load(file.read_text("utf-8"))["nlu"]:
            stated = (block.get("metadata") or {}).get("pending", "none")
            under = pendings if stated == "any" else (stated,) if isinstance(stated, str) else tuple(stated)
            for line in block["examples"].splitlines():
                found.append((block["intent"], line.removeprefix("- ").strip(), under))
    return found


def _pendings() -> tuple[str, ...]:
    pipeline = yaml.safe_load((environment.ROOT / "config.yml").read_text("utf-8"))["pipeline"]
    return next(tuple(part["pendings"]) for part in pipeline if "pendings" in part)


# -- the data ---------------------------------------------------------------------------------------------


def test_every_act_has_at_least_fifty_examples_and_a_rule() -> None:
    counts: defaultdict[str, int] = defaultdict(int)
    for act, _, _ in examples():
        counts[act] += 1
    rules = yaml.safe_load((environment.NLU / "rules.yml").read_text("utf-8"))["rules"]
    domain = yaml.safe_load((environment.NLU / "domain.yml").read_text("utf-8"))
    assert set(counts) == ACTS == set(domain["intents"])
    assert {act: count for act, count in counts.items() if count < 50} == {}
    assert {rule["steps"][0]["intent"] for rule in rules} == ACTS | {"nlu_fallback"}
    assert {rule["steps"][1]["action"] for rule in rules} == {"action_turn"}


def test_no_message_is_two_acts_under_the_same_pending_question() -> None:
    acts: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for act, text, pendings in examples():
        for pending in pendings:
            acts[text, pending].add(act)
    assert {key: found for key, found in acts.items() if len(found) > 1} == {}


def test_the_test_sets_were_not_trained_on() -> None:
    trained = {text for _, text, _ in examples() if len(text) > 4}  # «没有» and «2» are what everybody says
    tested = {text for name in ("acts.yml", "acts_unseen.yml") for text, _, _ in rows(name)}
    assert trained & tested == set()


# -- the model --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kinds() -> dict[str, str]:
    return {fact: spec.type.kind for fact, spec in load_library().vocabulary.items()}


class Judge:
    """Asks the trained model, all messages in one process of Rasa."""

    def __init__(self, model: Path, home: Path, kinds: dict[str, str]) -> None:
        self._model, self._home, self._kinds = model, home, kinds

    def acts(self, said: list[tuple[str, str | None]]) -> list[dict[str, Any]]:
        lines = [json.dumps(self._message(text, asks)) for text, asks in said]
        run = subprocess.run(
            environment.command("parse", "--model", str(self._model)),
            input=("\n".join(lines) + "\n").encode(),
            env=environment.variables(self._home),
            capture_output=True,
            check=True,
        )
        answers = [json.loads(line) for line in run.stdout.decode().splitlines() if line.startswith('{"act"')]
        assert len(answers) == len(said)
        return answers

    def _message(self, text: str, asks: str | None) -> dict[str, Any]:
        return {"text": harmless(text), "metadata": {"signature": {"pending": pending_kind(asks, self._kinds)}}}

    def share_right(self, name: str) -> tuple[float, str]:
        """Share of right acts, and the wrong ones as text for a failing test."""
        wanted = rows(name)
        answers = self.acts([(text, asks) for text, asks, _ in wanted])
        wrong = [
            f"{text} ({asks}): {'/'.join(sorted(acts))}, not {answer['act']} {answer['confidence']}"
            for (text, asks, acts), answer in zip(wanted, answers, strict=True)
            if answer["act"] not in acts
        ]
        return 1 - len(wrong) / len(wanted), "\n".join(wrong)


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory, kinds: dict[str, str]) -> Judge:
    if not environment.DEFAULT_PYTHON.exists():
        pytest.skip("there is no Rasa environment (.venv-rasa)")
    return Judge(ensure_model(), tmp_path_factory.mktemp("rasa-home"), kinds)


@pytest.mark.rasa
@pytest.mark.parametrize(("name", "at_least"), [("acts.yml", 0.95), ("acts_unseen.yml", 0.85)])
def test_the_act_is_right(judge: Judge, name: str, at_least: float) -> None:
    share, wrong = judge.share_right(name)
    assert share >= at_least, f"{share:.3f} right in {name}:\n{wrong}"


@pytest.mark.rasa
def test_hesitation_is_never_taken_as_a_yes_to_handing_in(judge: Judge) -> None:
    said = yaml.safe_load((HERE / "hesitations.yml").read_text("utf-8"))
    answers = judge.acts([(text, "confirm_submit") for text in said])
    taken = [text for text, answer in zip(said, answers, strict=True) if answer["act"] == "affirm"]
    assert taken == []
