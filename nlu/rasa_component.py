"""What Rasa needs from us, and the way in to Rasa: the only file that imports rasa (Python 3.10).

- `EdgedJiebaTokenizer`: jieba, with marks where a message begins and ends.
- `MessageSignature`: a featurizer that turns what the office is waiting for, and a coarse
  signature of the message, into features of the classifier.
- `CarefulActs`: acts with consequences need to be plainer than others.
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
import logging
import os
import re
import sys
import threading
import unicodedata
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Text, Tuple

import jieba
import numpy as np
import rasa.core.actions.action as rasa_action
import rasa.utils.endpoints as rasa_endpoints
import structlog
from jsonschema import Draft202012Validator
from rasa.core.channels.rest import RestInput
from rasa.core.tracker_store import TrackerStore
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.jieba_tokenizer import JiebaTokenizer
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sanic import response as sanic_response

ACTION_TIMEOUT_S = 9
"""A custom action that takes longer is given up (Rasa ships with 300 s)."""

NLU_FALLBACK = "nlu_fallback"
LISTENING = "listening"
"""Printed once the model is loaded and messages can come in."""
TOKEN_HEADER = "x-shouwang-token"  # noqa: S105 - the name of a header
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


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class EdgedJiebaTokenizer(JiebaTokenizer):
    """jieba's words of the NFKC-normalised text, the first and the last carrying an edge mark.

    The marks let character n-grams tell «没有» as a whole message from «没有» within one, and keep a message
    without any word (a lone blank) from crashing the classifier.
    """

    def tokenize(self, message: Message, attribute: Text) -> List[Token]:
        text = unicodedata.normalize("NFKC", message.get(attribute) or "")
        words = list(jieba.cut(text))
        marked = ["⊢" + words[0], *words[1:]] if words else ["⊢"]
        marked[-1] += "⊣"
        starts = np.cumsum([0] + [len(word) for word in words])
        return [Token(word, int(start)) for word, start in zip(marked, starts, strict=False)]


def pending_of(metadata: Optional[Dict[Text, Any]]) -> Text:
    """What the office waits for, coarsely, as the core says in `signature.pending`; `none` where it does not say."""
    return str(((metadata or {}).get("signature") or {}).get("pending") or "none")


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
            try:
                re.compile(pattern)
            except re.error as error:
                raise InvalidConfigException(f"config.yml: sign {name!r} is no regular expression: {error}") from error

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MessageSignature":
        return cls(execution_context.node_name, config)

    def __init__(self, name: Text, config: Dict[Text, Any]) -> None:
        super().__init__(name, config)
        self.pendings: List[Text] = list(config["pendings"])
        self.signs = [re.compile(pattern) for pattern in config["signs"].values()]

    def vector(self, text: Text, pending: Text) -> np.ndarray:
        """Shape (1, P + S + P·S): one for every pending, sign, and pending with sign that holds."""
        shown = plain(text)
        signs = np.array([1.0 if sign.search(shown) else 0.0 for sign in self.signs])
        waits = np.array([1.0 if pending == each else 0.0 for each in self.pendings])
        features = np.concatenate([waits, signs, np.outer(waits, signs).ravel()]) * self._config["weight"]
        return features[None, :].astype(np.float32)

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
        self.add_features_to_message(None, self.vector(message.get(TEXT), pending), TEXT, message)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class CarefulActs(GraphComponent, IntentClassifier):
    """Turns an act with consequences into `nlu_fallback` where the classifier is not sure enough of it."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"at_least": {}, "unless": {}}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "CarefulActs":
        return cls(config["at_least"], config["unless"])

    def __init__(self, at_least: Dict[Text, float], unless: Dict[Text, Text]) -> None:
        self.at_least = at_least
        self.unless = {act: re.compile(pattern) for act, pattern in unless.items()}

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            intent = message.get(INTENT) or {}
            act, confidence = intent.get("name") or "", intent.get("confidence") or 0.0
            if confidence < self.at_least.get(act, 0.0) or self._is_none(act, plain(message.get(TEXT))):
                unsure = {"name": NLU_FALLBACK, "confidence": confidence}
                message.set(INTENT, unsure, add_to_output=True)
                message.set("intent_ranking", [unsure, *(message.get("intent_ranking") or [])], add_to_output=True)
        return messages

    def _is_none(self, act: Text, text: Text) -> bool:
        patterns = [self.unless[key] for key in ("any", act) if key in self.unless]
        return any(pattern.search(text) for pattern in patterns)


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

        @webhook.listener("after_server_start")
        async def tell(app: Any, loop: Any) -> None:
            print(LISTENING, flush=True)

        return webhook


def _leave_with_parent() -> None:
    """End this process when the other end of stdin closes: that is, when the core has died, however it died."""

    def wait() -> None:
        while os.read(0, 4096):
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


class WordlessFormatter(logging.Formatter):
    """Time, level, module and the kind of an error; never the message, which may quote what somebody wrote."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        return f"{self.formatTime(record)} {record.levelname} {record.name}:{record.lineno} {error}".rstrip()


def _speak_without_words() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(WordlessFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # structlog prints whole messages by itself unless it is given to logging.
    structlog.configure(
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        processors=[structlog.stdlib.render_to_log_kwargs],
    )


def main(arguments: List[Text]) -> None:
    """The way in: `run --model M --port N …`, `train --model M --config … `, `parse --model M`."""
    parser = argparse.ArgumentParser(prog="nlu.rasa_component")
    parser.add_argument("command", choices=["run", "train", "parse"])
    for name in ("model", "credentials", "endpoints", "domain", "config", "rules", "training"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args(arguments)
    _speak_without_words()
    {"run": _run, "train": _train, "parse": _parse}[options.command](options)
