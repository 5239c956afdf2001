"""A channel that is down is left alone, probed, and taken up again."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from actions.breaker import MANY, Breaker


@dataclass
class Time:
    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def breaker(time: Time) -> Breaker:
    return Breaker(clock=time)


def test_four_failures_in_a_minute_change_nothing(breaker: Breaker) -> None:
    for _ in range(4):
        breaker.failed()
    assert (breaker.room(), breaker.down_for) == (MANY, None)


def test_five_failures_in_a_minute_open_it_and_five_in_an_hour_do_not(breaker: Breaker, time: Time) -> None:
    for _ in range(5):
        breaker.failed()
        time.at += 16
    assert breaker.room() == MANY
    for _ in range(5):
        breaker.failed()
    assert breaker.room() == 0


def test_after_a_rest_one_message_probes(breaker: Breaker, time: Time) -> None:
    for _ in range(5):
        breaker.failed()
    time.at += 29
    assert breaker.room() == 0
    time.at += 1
    assert breaker.room() == 1
    breaker.failed()
    assert breaker.room() == 0, "the probe failed: another rest"
    time.at += 30
    assert (breaker.room(), breaker.down_for) == (1, 60)
    breaker.succeeded()
    assert (breaker.room(), breaker.down_for) == (MANY, None)


def test_where_it_is_said_probes_begin_soon_and_come_ever_less_often(time: Time) -> None:
    breaker = Breaker(first=2.0, rest=5.0, clock=time)
    for _ in range(5):
        breaker.failed()
    for pause in (2.0, 4.0, 5.0, 5.0):
        time.at += pause - 1
        assert breaker.room() == 0
        time.at += 1
        assert breaker.room() == 1
        breaker.failed()


def test_a_wish_for_patience_pauses_without_a_failure(breaker: Breaker, time: Time) -> None:
    breaker.pause(17)
    breaker.pause(3)
    time.at += 16
    assert (breaker.room(), breaker.down_for) == (0, None)
    time.at += 1
    assert breaker.room() == MANY
