"""Every table that reading learns, and making them all at once, two at a time where there are two processors."""

from __future__ import annotations

import logging
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from nlu.answer_model import ANSWER
from nlu.fact_model import FACT
from nlu.hardship_model import HARDSHIP
from nlu.household_choice import SIZE
from nlu.kind_model import KIND
from nlu.learned import MODELS, Learned
from nlu.role_model import ROLE
from nlu.unreal_model import TALE

log = logging.getLogger(__name__)

BY_THEMSELVES: tuple[Learned, ...] = (HARDSHIP, KIND, TALE, ROLE, SIZE, ANSWER)  # what takes longest first
EVERY: tuple[Learned, ...] = (*BY_THEMSELVES, FACT)  # the last learns of what is read with all the others
_AT_ONCE = 2  # the largest takes 2 GB of memory


def make_every(say: Callable[[str], None]) -> None:
    """Train every table that does not fit its sources (minutes)."""
    waiting = [one for one in BY_THEMSELVES if not one.file(MODELS).is_file()]
    if len(waiting) > 1 and (os.cpu_count() or 1) > 1:
        _make_at_once(waiting, say)
    for one in EVERY:
        one.ensure(say=say)


def _make_at_once(waiting: list[Learned], say: Callable[[str], None]) -> None:
    say(f"Training {', '.join(one.what for one in waiting)} (some minutes) …")
    try:
        with ProcessPoolExecutor(_AT_ONCE, multiprocessing.get_context("spawn")) as pool:
            list(pool.map(_make, [one.name for one in waiting]))
    except BrokenProcessPool as error:  # killed for want of memory, perhaps: one after the other needs less
        log.warning("training two tables at once failed (%s); they are trained one after the other", error)


def _make(name: str) -> None:
    next(one for one in EVERY if one.name == name).ensure()
