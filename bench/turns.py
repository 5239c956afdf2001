"""A whole turn of ours over HTTP against a bare Rasa assistant as shipped with one echoing custom action.

Ours: web API, inbox, Rasa, the turn (reading, policy, state and replies in one transaction), answer.
Bare: Rasa's REST channel, an in-memory tracker, the same classifier, one rule, one action that echoes.
The same messages, the same clients, in short alternating rounds on one machine. Aim: at most 1.0 times the bare one.
"""

from __future__ import annotations

import asyncio
import statistics
import time
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass

import httpx

from bench.assistants import bare_assistant, our_assistant

SCRIPT = (
    "你好",
    "同意",
    "我爹去年得了重病，报完账自己还花了四万八，家里四口人，全年收入两万三",
    "不是脱贫户，一般农户",
    "没有",
    "不知道",
    "收不到多少钱的人算监测对象吗",
    "有",
    "还行",
    "没有",
)
ROUNDS = {1: 20, 16: 4}  # clients at once → rounds; in a round each says the script once
Send = Callable[[httpx.AsyncClient, str, str], Awaitable[None]]


@dataclass(frozen=True)
class Figures:
    """p50 in milliseconds and turns a second."""

    p50: float
    rate: float


@dataclass
class Measured:
    """One assistant while it is measured: how to reach it, seconds of each turn, turns a second of each round."""

    client: httpx.AsyncClient
    send: Send
    times: dict[int, list[float]]
    rates: dict[int, list[float]]

    def figures(self, clients: int) -> Figures:
        return Figures(statistics.median(self.times[clients]) * 1000, statistics.median(self.rates[clients]))


def measure() -> Iterator[str]:
    with bare_assistant() as bare, our_assistant() as ours:
        found = asyncio.run(_in_turns({"bare Rasa": bare, "ours": ours}))
    for clients in ROUNDS:
        what = "1 client" if clients == 1 else f"{clients} clients"
        bare_figures, our_figures = (found[name][clients] for name in ("bare Rasa", "ours"))
        for name, figures in (("bare Rasa", bare_figures), ("ours", our_figures)):
            yield f"{name:10} {what:11} p50 {figures.p50:7.1f} ms   {figures.rate:7.1f} turns/s"
        yield (
            f"ratio      {what:11} p50 {our_figures.p50 / bare_figures.p50:7.2f} ×    "
            f"time a turn {bare_figures.rate / our_figures.rate:.2f} × (aim: at most 1.00)"
        )


async def _in_turns(assistants: Mapping[str, tuple[str, Send]]) -> dict[str, dict[int, Figures]]:
    """Both are up; short rounds alternate, so that whatever else the machine does meets both alike."""
    limits = httpx.Limits(max_connections=max(ROUNDS))
    measured = {
        name: Measured(
            httpx.AsyncClient(base_url=address, timeout=60, limits=limits, trust_env=False),
            send,
            defaultdict(list),
            defaultdict(list),
        )
        for name, (address, send) in assistants.items()
    }
    for one in measured.values():
        await _converse(one.client, one.send, len(SCRIPT))  # warm
    for clients, rounds in ROUNDS.items():
        for _ in range(rounds):
            for one in measured.values():
                await _round(one, clients)
    for one in measured.values():
        await one.client.aclose()
    return {name: {clients: one.figures(clients) for clients in ROUNDS} for name, one in measured.items()}


async def _round(one: Measured, clients: int) -> None:
    """Every client says the script once."""
    started = time.perf_counter()
    times = await asyncio.gather(*(_converse(one.client, one.send, len(SCRIPT)) for _ in range(clients)))
    every = [seconds for each in times for seconds in each]
    one.times[clients] += every
    one.rates[clients].append(len(every) / (time.perf_counter() - started))


async def _converse(client: httpx.AsyncClient, send: Send, turns: int) -> list[float]:
    """Say the script from the beginning, in a new conversation each time it is through; seconds of each turn."""
    times = []
    conversation = ""
    for number in range(turns):
        if number % len(SCRIPT) == 0:
            conversation = uuid.uuid4().hex
        started = time.perf_counter()
        await send(client, conversation, SCRIPT[number % len(SCRIPT)])
        times.append(time.perf_counter() - started)
    return times
