"""The live stream: server-sent events to every open page, fanned out in memory from one look a second.

A stream ends when its session ends or the account is disabled (checked every ten seconds for all streams together),
when the database has not answered for a minute, and when a reader is too slow; browsers come back by themselves and
say what they saw last.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from datetime import datetime

from actions import accounts, live
from actions.accounts import SignedIn, Staff
from actions.live import News
from actions.office import Office

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
HEARTBEAT_SECONDS = 15.0
SESSION_SECONDS = 10.0
BLIND_SECONDS = 50.0  # without an answer about the sessions every stream ends
COME_BACK_MS = 3000
WAITING = 100  # frames a reader may be behind
STREAMS_PER_PERSON = 12  # open pages; the oldest gives way
NEVER = float("-inf")


@dataclass(eq=False)
class Stream:
    """One open page: `key` names its session, `frames` wait for it; None ends it."""

    user: Staff
    key: str
    frames: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(WAITING))
    told: set[int] = field(default_factory=set)  # lines it got while it was being opened
    early: list[News] | None = field(default_factory=list)  # what came while it was being opened; None: it is open

    def put(self, frame: bytes) -> None:
        """Queue a frame; a reader that is too far behind is let go."""
        if self.frames.qsize() >= WAITING - 1:
            self.end()
        else:
            self.frames.put_nowait(frame)

    def end(self) -> None:
        """Nothing more comes; what waits is dropped, the browser asks for it when it comes back."""
        while not self.frames.empty():
            self.frames.get_nowait()
        self.frames.put_nowait(None)


class Hub:
    """All open streams of this process; used from one event loop."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.streams: dict[Stream, None] = {}  # oldest first
        self._nudged: set[int] = set()
        self._watcher: live.Watcher | None = None
        self._work: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._checked = NEVER

    async def listen(self, who: SignedIn, token: str, after: int | None) -> AsyncIterator[bytes]:
        """The frames for one page until its end; `after`: the last line it saw (Last-Event-ID)."""
        stream = Stream(who.user, accounts.session_key(token))
        self._make_room(who.user.id)
        self.streams[stream] = None
        try:
            self._start()
            yield f"retry: {COME_BACK_MS}\n\n".encode()
            news, newest = await asyncio.to_thread(live.missed, self.office, who.user, after)
            stream.told = {line.id for line in news.lines}
            early, stream.early = stream.early or [], None
            for one in early:
                _tell(stream, one)
            for frame in frames(news, newest):
                yield frame
            while (frame_ := await self._next(stream)) is not None:
                yield frame_
        finally:
            self.streams.pop(stream, None)

    def nudge(self, user_id: int) -> None:
        """Something changed for this person that no look would find (lines read); from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._note, user_id)

    def _note(self, user_id: int) -> None:
        self._nudged.add(user_id)

    def end_all(self) -> None:
        """The office closes."""
        for stream in list(self.streams):
            stream.end()

    # -- inside -----------------------------------------------------------------------------------------------

    async def _next(self, stream: Stream) -> bytes | None:
        try:
            return await asyncio.wait_for(stream.frames.get(), HEARTBEAT_SECONDS)
        except TimeoutError:
            return b": still here\n\n"

    def _make_room(self, user_id: int) -> None:
        mine = [stream for stream in self.streams if stream.user.id == user_id]
        if len(mine) >= STREAMS_PER_PERSON:
            mine[0].end()
            self.streams.pop(mine[0], None)

    def _start(self) -> None:
        """One task looks for everybody while anybody is there."""
        if self._work is None or self._work.done():
            self._watcher = live.Watcher(self.office)
            self._checked = time.monotonic()
            self._loop = asyncio.get_running_loop()
            self._work = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self.streams:
            started = time.monotonic()
            try:
                await self._check_sessions()
                await self._look()
            except Exception as error:  # the database may be away for a while: the next look tells everything
                log.warning("the live stream could not look: %s", type(error).__name__)
                if time.monotonic() - self._checked > BLIND_SECONDS:
                    self.end_all()
            await asyncio.sleep(max(0.05, LOOK_SECONDS - (time.monotonic() - started)))

    async def _look(self) -> None:
        assert self._watcher is not None
        people = {stream.user.id: stream.user for stream in self.streams}
        nudged, self._nudged = self._nudged, set()
        found = await asyncio.to_thread(self._watcher.look, list(people.values()), nudged)
        for number, news in found.items():
            for stream in [s for s in self.streams if s.user.id == number]:
                _tell(stream, news)

    async def _check_sessions(self) -> None:
        if time.monotonic() - self._checked < SESSION_SECONDS:
            return
        asked = {stream.key for stream in self.streams}
        living = await asyncio.to_thread(accounts.living_sessions, self.office, sorted(asked))
        self._checked = time.monotonic()
        for stream in list(self.streams):
            user = living.get(stream.key)
            if user is not None:
                stream.user = user
            elif stream.key in asked:
                stream.end()


def _tell(stream: Stream, news: News) -> None:
    """Queue what is new; a stream that is being opened may get the same from the look at what it missed."""
    if stream.early is not None:
        stream.early.append(news)
        return
    fresh = tuple(line for line in news.lines if line.id not in stream.told)
    for frame in frames(News(fresh, news.counts, news.tasks)):
        stream.put(frame)


def frames(news: News, newest: int | None = None) -> list[bytes]:
    """The events: one `notification` a line (its id is the event's), `tasks` where the queue changed, `counts` last.

    `newest` gives the counts an id, so that a page that has seen no line yet comes back to the right place.
    """
    found = [_frame("notification", asdict(line), line.id) for line in news.lines]
    if news.tasks:
        found.append(_frame("tasks", {}))
    return [*found, _frame("counts", asdict(news.counts), newest)]


def _frame(event: str, data: object, number: int | None = None) -> bytes:
    told = json.dumps(data, ensure_ascii=False, default=_plain)
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {event}\ndata: {told}\n\n".encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
