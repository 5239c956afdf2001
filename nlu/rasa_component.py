"""What Rasa needs from us, and the way in to Rasa: the only file that imports rasa (Python 3.10).

- `MessageSignature`: a featurizer that turns what the office is waiting for, and a coarse
  signature of the message, into features of the classifier.
- `GuardedRest`: the REST channel, behind a token.
- `ForgetfulTrackerStore`: keeps nothing; the conversation lives in the office's database.
- `main`: `run`, `train` and `parse`, without Rasa's command line, which would write a
  telemetry file into the home directory.

It is started as a module of a bare package `nlu` (see bot/rasa_link/environment.py) and
imports nothing else of this project.
"""

from __future__ import annotations

import argparse
import hmac
import json
import os
import re
import sys
import threading
import unicodedata
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Text, Tuple

import numpy as np
import rasa.core.actions.action as rasa_action
import rasa.utils.endpoints as rasa_endpoints
from jsonschema import Draft202012Validator
from rasa.core.channels.rest import RestInput
from rasa.core.tracker_store import TrackerStore
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sanic import response as sanic_response

ACTION_TIMEOUT_S = 9
"""A custom action that takes longer is given up (Rasa ships with 300 s)."""

TOKEN_HEADER = "x-shouwang-token"
CONFIRMED = frozenset({"consent", "confirm_facts", "confirm_submit"})
TOLD_ABOUT_SELF = frozenset({"name", "phone", "place"})
TOLD_FREELY = frozenset({"problem", "complaint_detail"})
EDGES = re.compile(r"[\s\u200b-\u200f\ufeff]+|[。!！~～.…,，、;；]+$")

_ANSWER_SCHEMA = Draft202012Validator(rasa_action.RemoteAction.action_response_format_spec())


def _validate_with_prepared_schema(self: Any, result: Any) -> bool:
    """Stands in for RemoteAction._validate_action_result, which checks the constant schema itself anew each turn."""
    _ANSWER_SCHEMA.validate(result)
    return True


rasa_action.RemoteAction._validate_action_result = _validate_with_prepared_schema
rasa_action.DEFAULT_REQUEST_TIMEOUT = ACTION_TIMEOUT_S
rasa_endpoints.DEFAULT_REQUEST_TIMEOUT = ACTION_TIMEOUT_S


def plain(text: Text) -> Text:
    """The text as the signs see it: NFKC, lower case, without spaces, invisible characters and end marks."""
    return EDGES.sub("", EDGES.sub("", unicodedata.normalize("NFKC", text or "").lower()))


def pending_of(metadata: Optional[Dict[Text, Any]]) -> Text:
    """What the office waits for, coarsely: `signature.pending` if sent along, else guessed from `asks`."""
    metadata = metadata or {}
    stated = (metadata.get("signature") or {}).get("pending")
    if stated:
        return str(stated)
    asks = metadata.get("asks")
    if not asks:
        return "none"
    if asks in CONFIRMED:
        return "confirm"
    if asks in TOLD_ABOUT_SELF:
        return "contact"
    return "story" if asks in TOLD_FREELY else "yes_no"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class MessageSignature(DenseFeaturizer, GraphComponent):
    """Features: what is pending, which signs the text shows, and every pair of the two.

    In training, an example whose block carries `metadata: {pending: …}` (a name, a list, or
    `any`) is learnt under each of the pendings named; without it, under `none`.
    """

    @classmethod
    def required_components(cls) -> List[type]:
        return []

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {**DenseFeaturizer.get_default_config(), "pendings": ["none"], "signs": {}, "weight": 1.0}

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        for name, pattern in config["signs"].items():
            re.compile(pattern), name

    @classmethod
    def create(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "MessageSignature":
        return cls(execution_context.node_name, config)

    def __init__(self, name: Text, config: Dict[Text, Any]) -> None:
        super().__init__(name, config)
        self.pendings: List[Text] = list(config["pendings"])
        self.signs = [re.compile(pattern) for pattern in config["signs"].values()]

    def vector(self, text: Text, pending: Text) -> np.ndarray:
        """Shape (1, P + S + P·S): one for every pending, sign, and pending with sign that holds."""
        signs = np.array([1.0 if sign.search(plain(text)) else 0.0 for sign in self.signs])
        waits = np.array([1.0 if pending == each else 0.0 for each in self.pendings])
        return np.concatenate([waits, signs, np.outer(waits, signs).ravel()])[None, :] * self._config["weight"]

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            self._add(message, pending_of(message.get("metadata")))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        learnt: List[Message] = []
        for example in training_data.training_examples:
            for pending in self._pendings_to_learn(example):
                copy = Message(data=dict(example.data), features=list(example.features))
                copy.data["metadata"] = {"signature": {"pending": pending}}
                self._add(copy, pending)
                learnt.append(copy)
        training_data.training_examples = learnt
        return training_data

    def _pendings_to_learn(self, example: Message) -> List[Text]:
        stated = ((example.get("metadata") or {}).get("intent") or {}).get("pending", "none")
        if stated == "any":
            return self.pendings
        names = [stated] if isinstance(stated, str) else list(stated)
        unknown = [name for name in names if name not in self.pendings]
        if unknown:
            raise ValueError(f"training data: pending {unknown} unknown; config.yml knows {self.pendings}")
        return names

    def _add(self, message: Message, pending: Text) -> None:
        if message.get(TEXT) is None:
            return
        sentence = self.vector(message.get(TEXT), pending)
        tokens = message.get("text_tokens") or [None]
        self.add_features_to_message(np.zeros((len(tokens), sentence.shape[1])), sentence, TEXT, message)


class ForgetfulTrackerStore(TrackerStore):
    """Keeps nothing: every message meets an empty tracker, however long the conversation is."""

    async def save(self, tracker: DialogueStateTracker) -> None:
        return None

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        return None

    async def keys(self) -> Iterable[Text]:
        return []


class GuardedRest(RestInput):
    """The REST channel, answering only who knows the token (environment SHOUWANG_ACTION_TOKEN)."""

    @classmethod
    def name(cls) -> Text:
        return "shouwang"

    def blueprint(self, on_new_message: Any) -> Any:
        webhook = super().blueprint(on_new_message)
        token = os.environ["SHOUWANG_ACTION_TOKEN"].encode()

        @webhook.middleware("request")
        async def guard(request: Any) -> Any:
            given = request.headers.get(TOKEN_HEADER, "").encode()
            if not hmac.compare_digest(given, token):
                return sanic_response.json({"error": "wrong or missing token"}, status=401)
            return None

        return webhook


def _leave_with_parent() -> None:
    """End this process when the other end of stdin closes: that is, when the core has died, however it died."""

    def wait() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        os._exit(0)

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()


def _run(options: argparse.Namespace) -> None:
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints

    _leave_with_parent()
    serve_application(
        options.model,
        interface="127.0.0.1",
        port=options.port,
        credentials=options.credentials,
        endpoints=AvailableEndpoints.read_endpoints(options.endpoints),
        enable_api=False,
        response_timeout=ACTION_TIMEOUT_S + 1,
    )


def _train(options: argparse.Namespace) -> None:
    from rasa.model_training import train

    target = Path(options.model)
    result = train(
        options.domain,
        options.config,
        [options.rules, options.training],
        output=str(target.parent),
        force_training=True,
        fixed_model_name=target.stem.replace(".tar", ""),
    )
    if result.code != 0 or not target.is_file():
        sys.exit(f"Rasa trained no model (code {result.code}).")


def _parse(options: argparse.Namespace) -> None:
    """JSON lines {text, metadata} on stdin → {act, confidence} on stdout, in the same order."""
    import asyncio

    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    agent = Agent.load(options.model)

    async def decide(record: Dict[Text, Any]) -> Tuple[Text, float]:
        message = UserMessage(record["text"], metadata=record.get("metadata"))
        intent = (await agent.processor.parse_message(message))["intent"]
        return intent["name"], float(intent["confidence"])

    async def everything() -> None:
        for line in sys.stdin:
            act, confidence = await decide(json.loads(line))
            print(json.dumps({"act": act, "confidence": round(confidence, 4)}), flush=True)

    asyncio.run(everything())


def main(arguments: List[Text]) -> None:
    """The way in: `run --model M --port N …`, `train --model M --config … `, `parse --model M`."""
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    parser = argparse.ArgumentParser(prog="nlu.rasa_component")
    parser.add_argument("command", choices=["run", "train", "parse"])
    for name in ("model", "credentials", "endpoints", "domain", "config", "rules", "training"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args(arguments)
    configure_logging_and_warnings(warn_only_once=True, filter_repeated_logs=True)
    configure_structlog()
    {"run": _run, "train": _train, "parse": _parse}[options.command](options)
