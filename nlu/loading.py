"""Lexicons, tables and patterns are loaded by whoever reads first: once, in one thread, while the others wait.

Were each thread to load by itself, six messages at once after a start would take six times as long and as much memory.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_TEXTS = (
    ("您好，我家四口人，我爹去年查出肺癌，报完自己还掏了五万多，俩娃上学。他要是再病倒，日子过不下去。", None),
    ("没有", "disability"),
    ("每月四百八", "living_difficult"),
)  # between them they need nearly everything
_lock = threading.Lock()
_loaded = threading.Event()


def load_once(read: Callable[[str, str | None], object]) -> None:
    """Have `read` read some texts, unless that was done before; what it raises is raised, and tried again next time."""
    if _loaded.is_set():
        return
    with _lock:
        if _loaded.is_set():
            return
        with _without_collection():
            for text, asks in _TEXTS:
                read(text, asks)
        _loaded.set()


@contextmanager
def _without_collection() -> Iterator[None]:
    """Looking for garbage again and again among a million new objects, none of which is any, takes half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
