"""What reading needs is loaded once, whoever asks first, and what was found of patterns is kept."""

from __future__ import annotations

import gc
import json
import math
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from nlu import loading
from nlu.needles import reach, ways
from nlu.needles_kept import Keeper

PATTERNS = ("没(?:有)?房", "(?:没.{3}(?:房|屋子)|冇)住", "没.*房")


@pytest.fixture(autouse=True)
def _nothing_loaded(monkeypatch):
    monkeypatch.setattr(loading, "_loaded", threading.Event())


def test_of_many_who_read_at_once_one_loads_and_the_others_wait():
    loaded: list[str] = []

    def read(text, asks):
        time.sleep(0.01)
        loaded.append(text)

    def one(_):
        loading.load_once(read)
        return len(loaded)

    with ThreadPoolExecutor(6) as threads:
        seen = set(threads.map(one, range(6)))
    assert len(loaded) == len(set(loaded))
    assert seen == {len(loaded)}
    assert gc.isenabled()


def test_loading_that_failed_is_tried_again():
    tried: list[str] = []

    def read(text, asks):
        tried.append(text)
        if len(tried) == 1:
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="gone"):
        loading.load_once(read)
    loading.load_once(read)
    assert tried[0] == tried[1]


def test_what_was_found_of_patterns_is_read_back_as_it_was(tmp_path):
    first = Keeper(tmp_path)
    found = [first.told(pattern) for pattern in PATTERNS]
    first.save()
    assert [(one.ways, one.reach) for one in found] == [(ways(p), reach(p)) for p in PATTERNS]
    assert [Keeper(tmp_path).told(pattern) for pattern in PATTERNS] == found
    assert math.isinf(found[2].reach)


def test_a_pattern_that_the_file_lacks_is_looked_at_and_one_no_longer_used_goes(tmp_path):
    first = Keeper(tmp_path)
    first.told(PATTERNS[0])
    first.save()
    second = Keeper(tmp_path)
    assert second.told(PATTERNS[1]).ways == ways(PATTERNS[1])
    second.save()
    (file,) = tmp_path.glob("needles-*.json")
    assert list(json.loads(file.read_text("utf-8"))) == [PATTERNS[1]]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"没": 1}', '{"没": [[[1]], 2]}', '{"没": [[["没"]], "x"]}', "\x80"]
)
def test_an_unreadable_file_only_costs_time(tmp_path, content):
    first = Keeper(tmp_path)
    first.told(PATTERNS[0])
    first.save()
    (file,) = tmp_path.glob("needles-*.json")
    file.write_bytes(content.encode("latin-1") if content == "\x80" else content.encode())
    assert Keeper(tmp_path).told(PATTERNS[0]).ways == ways(PATTERNS[0])


def test_no_valid_pattern_is_told_at_once(tmp_path):
    with pytest.raises(re.error):
        Keeper(tmp_path).told("没(有房")
