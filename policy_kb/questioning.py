"""The questions that people ask about policy: topics with examples, and what an answer must contain when asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from policy_kb.retrieval import Match, Retrieval
from policy_kb.schema import AnswerSpec, Entry, Id, Text
from policy_kb.wording import QuestionWords, Wording

PARTS = re.compile(r"[，。；？！,;?!\n]|还有就是|还有|另外")
EACH = re.compile(r"^(?P<one>.+?)[跟和与、](?P<other>.+?)(?:分别|各)(?P<asked>.+)$")  # 公示和核实分别几天
PARTS_ANSWERED, PARTS_READ = 3, 8


class Topic(Entry):
    """Something people ask. `asked`: ways of asking.

    `broader`: whose answer serves where a document has none for this one; `ask`: whom to ask where it has none at all;
    `kinds`: kinds of help whose departments belong to the answer.
    """

    id: Id
    zh: Text
    asked: tuple[Text, ...]
    broader: str = ""
    ask: str = ""
    kinds: tuple[str, ...] = ()


class QuestionFile(Entry):
    """`questions.yml`."""

    threshold: float
    topics: tuple[Topic, ...]


class Wanted(Entry):
    """A kind of thing that an answer must contain when it is asked for: «几天» is answered by a number of days only."""

    id: Id
    zh: Text
    asked: Text  # a regular expression over the question
    given: Text  # a regular expression over the answer


@dataclass(frozen=True)
class Questions:
    """All that is known about questions, shared by the packs."""

    topics: tuple[Topic, ...]
    words: QuestionWords
    wanted: tuple[Wanted, ...]
    threshold: float

    @cached_property
    def by_id(self) -> Mapping[str, Topic]:
        return {topic.id: topic for topic in self.topics}

    @cached_property
    def retrieval(self) -> Retrieval:
        """The index over the examples; made when the first question comes."""
        return Retrieval(Wording(self.words), {topic.id: topic.asked for topic in self.topics}, self.threshold)

    def find(self, text: str, places: tuple[str, ...] = ()) -> list[tuple[Topic, str]]:
        """The topics asked about with the words that ask for each; several where the parts ask for different ones."""
        whole = self._match(text, places)
        asking = [(match, part) for match, part in self._parts(text, places) if self._asks(part, places)]
        found = {match.topic: part for match, part in reversed(asking)}
        if len(found) > 1 and (whole is None or whole.topic in found):
            return [(self.by_id[topic], part) for topic, part in list(reversed(found.items()))[:PARTS_ANSWERED]]
        if whole is not None:
            return [(self.by_id[whole.topic], text)]
        alone = max(asking or self._parts(text, places), key=lambda pair: pair[0].score, default=None)
        return [(self.by_id[alone[0].topic], text)] if alone else []

    def _parts(self, text: str, places: tuple[str, ...]) -> list[tuple[Match, str]]:
        """The parts of a question that find a topic by themselves."""
        parts = [part for part in PARTS.split(text) if part.strip()][:PARTS_READ]
        if each := EACH.match(text):
            parts = [each["one"] + each["asked"], each["other"] + each["asked"]]
        matched = [(self._match(part, places), part) for part in parts] if len(parts) > 1 else []
        return [(match, part) for match, part in matched if match is not None]

    def _asks(self, part: str, places: tuple[str, ...]) -> bool:
        wording = self.retrieval.wording
        return bool(wording.tokens(part, places) & wording.asking)

    def with_own(self, answers: Iterable[AnswerSpec]) -> Questions:
        """Together with the ways of asking that a pack brings for itself."""
        own = {spec.topic: spec.asked for spec in answers if spec.asked}
        if not own:
            return self
        topics = [topic.model_copy(update={"asked": (*topic.asked, *own.pop(topic.id, ()))}) for topic in self.topics]
        topics += [Topic(id=topic, zh=asked[0], asked=asked) for topic, asked in own.items()]
        return replace(self, topics=tuple(topics))

    def asked_for(self, text: str) -> list[Wanted]:
        """What kinds of figures the question wants."""
        return [one for one in self.wanted if re.search(one.asked, text)]

    def _match(self, text: str, places: tuple[str, ...]) -> Match | None:
        return self.retrieval.find(self.retrieval.wording.tokens(text, places))
