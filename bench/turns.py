"""A whole turn of ours over HTTP against a bare Rasa assistant as shipped with one echoing custom action.

Ours: web API, inbox, Rasa, the turn (reading, policy, state and replies in one transaction), answer.
Bare: Rasa's REST channel, an in-memory tracker, the same classifier, one rule, one action that echoes.
The same messages, the same clients, one after the other on the same machine. Aim: at most 1.0 times the bare one.
"""

from __future__ import annotations

import asyncio
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
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
SINGLE = 60
CLIENTS = 16
TURNS_EACH = 20
Send = Callable[[httpx.AsyncClient, str, str], Awaitable[None]]


@dataclass(frozen=True)
class Figures:
    """p50 in milliseconds and turns a second."""

    p50: float
    rate: float


def measure() -> Iterator[str]:
    found: dict[str, tuple[Figures, Figures]] = {}
    for name, assistant in (("bare Rasa", bare_assistant), ("ours", our_assistant)):
        with assistant() as (address, send):
            found[name] = asyncio.run(_both(address, send))
        for what, figures in zip(("1 client", f"{CLIENTS} clients"), found[name], strict=True):
            yield f"{name:10} {what:11} p50 {figures.p50:7.1f} ms   {figures.rate:7.1f} turns/s"
    for number, what in enumerate(("1 client", f"{CLIENTS} clients")):
        ours, bare = found["ours"][number], found["bare Rasa"][number]
        yield (
            f"ratio      {what:11} p50 {ours.p50 / bare.p50:7.2f} ×    time a turn {bare.rate / ours.rate:.2f} × "
            "(aim: at most 1.00)"
        )


async def _both(address: str, send: Send) -> tuple[Figures, Figures]:
    limits = httpx.Limits(max_connections=CLIENTS)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits, trust_env=False) as client:
        await _converse(client, send, len(SCRIPT))  # warm
        single = await _run(client, send, 1, SINGLE)
        many = await _run(client, send, CLIENTS, TURNS_EACH)
    return single, many


async def _run(client: httpx.AsyncClient, send: Send, clients: int, turns: int) -> Figures:
    started = time.perf_counter()
    times = await asyncio.gather(*(_converse(client, send, turns) for _ in range(clients)))
    seconds = time.perf_counter() - started
    every = [one for each in times for one in each]
    return Figures(statistics.median(every) * 1000, len(every) / seconds)


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
