"""A gateway on a loopback port that takes webhooks and does what the test says: yes, no, too much, silence."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str]]
YES: Answer = (200, {})


@dataclass
class Post:
    """One request as it came in."""

    headers: dict[str, str]
    body: bytes
    answered: int

    @property
    def said(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Receiver:
    """`answer(number of the post, from 1)` gives status and headers; `hold` keeps every answer back until it is set."""

    answer: Callable[[int], Answer] = lambda number: YES
    posts: list[Post] = field(default_factory=list)
    hold: threading.Event | None = None
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    @property
    def taken(self) -> list[dict[str, Any]]:
        """What was said in the posts that got a yes, each id once."""
        yes = {post.headers["webhook-id"]: post.said for post in self.posts if post.answered < 300}
        return list(yes.values())

    def take(self, headers: dict[str, str], body: bytes) -> Answer:
        with self.lock:
            number = len(self.posts) + 1
            status, more = self.answer(number)
            self.posts.append(Post(headers, body, status))
        self.arrived.release()
        if self.hold is not None:
            self.hold.wait(30)
        return status, more


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256  # the usual 5 drops connections when several senders of a test call at once


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that runs."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status, more = receiver.take({name.lower(): value for name, value in self.headers.items()}, body)
            try:
                self.send_response(status)
                for name, value in {"content-length": "0", **more}.items():
                    self.send_header(name, value)
                self.end_headers()
            except OSError:  # the sender lost patience
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook?key=robot"
    try:
        yield receiver
    finally:
        if receiver.hold is not None:
            receiver.hold.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
