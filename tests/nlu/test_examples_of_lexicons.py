"""Every hardship lexicon says what it means by examples of its own."""

from __future__ import annotations

import pytest

from nlu.lexicon_files import hardship_files, read_yaml

EXAMPLES = [
    (read_yaml(file)["hardship"], example) for file in hardship_files() for example in read_yaml(file)["examples"]
]


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=[e["text"][:24] for _, e in EXAMPLES])
def test_an_example_says_what_stands_beside_it(extractor, kind, example):
    found = extractor.extract(example["text"])
    said = example["says"]
    if said is None:
        assert kind not in {h.type for h in found.hardships}
        return
    assert (said["type"], said["subject"], said["status"]) in {(h.type, h.subject, h.status) for h in found.hardships}
    for fact, value in example.get("facts", {}).items():
        assert found.facts.get(fact) == value
    if example.get("facts") == {}:
        assert not found.facts


@pytest.mark.parametrize("file", hardship_files())
def test_every_lexicon_has_an_example_that_holds_and_one_that_does_not(file):
    examples = read_yaml(file)["examples"]
    assert any(e["says"] and e["says"]["status"] == "actual" for e in examples)
    assert len(examples) >= 2
