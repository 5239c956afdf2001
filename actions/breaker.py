"""A channel that is down is left alone for a while (熔断): messages wait untouched instead of failing one by one."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

FAILURES, WITHIN, REST = 5, 60.0, 30.0  # how many in how many seconds open it, seconds between probes
MANY = 1_000_000


@dataclass
class Breaker:
    """One per channel and process, on real time; safe for threads.

    Closed: everything may go. Open: nothing, until `rest` is over; then one message goes as a probe, and its success
    closes it again. With `first` probes begin soon and come ever less often, up to `rest`. A provider that asked for
    patience pauses the channel in the same way without having failed.
    """

    failures: int = FAILURES
    within: float = WITHIN
    rest: float = REST
    first: float | None = None  # seconds until the first probe, `rest` where it is not said
    clock: Callable[[], float] = time.monotonic
    _failed: deque[float] = field(default_factory=deque)
    _open_until: float | None = None
    _down_since: float | None = None
    _pause: float = 0.0
    _paused_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def room(self) -> int:
        """How many messages may be tried now: MANY, 1 for a probe, or 0."""
        with self._lock:
            now = self.clock()
            if now < self._paused_until:
                return 0
            if self._open_until is None:
                return MANY
            return 1 if now >= self._open_until else 0

    def succeeded(self) -> None:
        """The provider answered: all is well again."""
        with self._lock:
            self._failed.clear()
            self._open_until = self._down_since = None

    def failed(self) -> None:
        """The provider did not answer, or said that it is broken."""
        with self._lock:
            now = self.clock()
            self._failed.append(now)
            while self._failed and now - self._failed[0] > self.within:
                self._failed.popleft()
            if self._down_since is None and len(self._failed) < self.failures:
                return
            self._pause = self._next_pause()
            self._open_until = now + self._pause
            self._down_since = self._down_since if self._down_since is not None else now

    def _next_pause(self) -> float:
        if self._down_since is None:
            return self.rest if self.first is None else self.first
        return min(self._pause * 2, self.rest)

    def pause(self, seconds: float) -> None:
        """The provider asked everybody to wait."""
        with self._lock:
            self._paused_until = max(self._paused_until, self.clock() + seconds)

    @property
    def down_for(self) -> float | None:
        """Seconds since it opened, None while it is closed."""
        with self._lock:
            return None if self._down_since is None else self.clock() - self._down_since
