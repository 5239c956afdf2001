"""Every example that stands in a pack is what the engine says."""

from __future__ import annotations

import pytest

from policy_kb import Library
from policy_kb.trials import try_examples

PACKS = ("guokaifa-2020-6", "longkou-2021-1", "ningxia-2020-8", "luan-2019-15", "ganzhou-2020-4")


@pytest.mark.parametrize("pack_id", PACKS)
def test_the_examples_of_a_pack_hold(library: Library, pack_id: str) -> None:
    assert [str(fault) for fault in try_examples(library, library.pack(pack_id))] == []


def test_a_wrong_example_is_found(library: Library) -> None:
    from dataclasses import replace

    pack = library.pack("guokaifa-2020-6")
    nodes = dict(pack.examples.nodes)
    swapped = nodes["is_lifted"].model_copy(update={"holds": nodes["is_lifted"].fails})
    wrong = replace(pack, examples=pack.examples.model_copy(update={"nodes": nodes | {"is_lifted": swapped}}))

    (fault,) = try_examples(library, wrong)
    assert "Found False" in fault.message
    assert fault.file == "guokaifa-2020-6/examples.yml"
