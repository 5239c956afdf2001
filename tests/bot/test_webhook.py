"""The webhook as a receiver sees it: signed, timed, the same id at every try, and patient with what goes wrong."""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import ModuleType

import pytest

from actions.outgoing import Outgoing, RetryLater, Undeliverable
from bot.channels.webhook import LONGEST_WISH, WebhookChannel, asked_wait, message_id, signed_headers, signing_key
from tests.support.receiver import Receiver, receiving

SECRET = "a-secret-of-the-office"
ENCODED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DOCUMENT = Path(__file__).parents[2] / "docs" / "webhook.md"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def channel(url: str, secret: str = SECRET, timeout: float = 10) -> WebhookChannel:
    return WebhookChannel(url, secret, lambda message: {"text": message.text, "receiver": {"phone": None}}, timeout)


def message(key: str = "task:1:2:webhook") -> Outgoing:
    return Outgoing(1, key, "webhook", "user:2", "新待办：请回电话。", {}, 1)


@pytest.fixture(params=[SECRET, ENCODED])
def documented(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The receiver of docs/webhook.md, as it stands there, with each form of a secret."""
    code = re.search(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert code is not None
    monkeypatch.setitem(os.environ, "SHOUWANG_WEBHOOK_SECRET", request.param)
    module = ModuleType("documented")
    exec(code[1], module.__dict__)
    return module


def test_the_documented_receiver_takes_what_we_send_once(receiver: Receiver, documented: ModuleType) -> None:
    sender = channel(receiver.url, documented.SECRET)
    sender.send(message())
    (post,) = receiver.posts
    assert documented.accept(post.headers, post.body)["text"] == "新待办：请回电话。"
    sender.send(message("task:2:2:webhook"))
    assert documented.accept(receiver.posts[1].headers, receiver.posts[1].body) is not None


def test_the_documented_receiver_refuses_what_is_forged_or_old(receiver: Receiver, documented: ModuleType) -> None:
    channel(receiver.url, documented.SECRET).send(message())
    (post,) = receiver.posts
    with pytest.raises(ValueError, match="signature"):
        documented.accept(post.headers, post.body.replace("请回".encode(), "不用".encode()))
    with pytest.raises(ValueError, match="signature"):
        documented.accept({**post.headers, "webhook-id": "msg_other"}, post.body)
    stamp = int(post.headers["webhook-timestamp"])
    replayed = signed_headers(signing_key(documented.SECRET), post.headers["webhook-id"], stamp - 301, post.body)
    with pytest.raises(ValueError, match="old"):
        documented.accept(replayed, post.body)


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the Standard Webhooks specification's reference libraries."""
    body = b'{"test": 2432232314}'
    given = signed_headers(signing_key(ENCODED), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert given["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_repeat_carries_the_same_id_and_no_word_of_the_key(receiver: Receiver) -> None:
    receiver.answer = lambda number: (500, {}) if number == 1 else (200, {})
    sender = channel(receiver.url)
    with pytest.raises(RetryLater):
        sender.send(message())
    sender.send(message())
    first, second = (post.headers for post in receiver.posts)
    assert first["webhook-id"] == second["webhook-id"] == first["idempotency-key"] == message_id("task:1:2:webhook")
    assert re.fullmatch(r"msg_[0-9a-f]{40}", first["webhook-id"])


# status, headers, what is raised, the wish for patience
ANSWERS: list[tuple[int, dict[str, str], type[Exception] | None, float | None]] = [
    (200, {}, None, None),
    (202, {}, None, None),
    (204, {}, None, None),
    (301, {"location": "http://example.invalid/"}, RetryLater, None),
    (307, {"location": "/elsewhere"}, RetryLater, None),
    (400, {}, Undeliverable, None),
    (401, {}, Undeliverable, None),
    (404, {}, Undeliverable, None),
    (410, {}, Undeliverable, None),
    (408, {}, RetryLater, None),
    (429, {"retry-after": "17"}, RetryLater, 17.0),
    (429, {}, RetryLater, 10.0),
    (500, {}, RetryLater, None),
    (500, {"retry-after": "17"}, RetryLater, None),
    (503, {"retry-after": "99999"}, RetryLater, LONGEST_WISH),
    (503, {"retry-after": "soon"}, RetryLater, None),
]


@pytest.mark.parametrize(("status", "headers", "raised", "wish"), ANSWERS)
def test_what_an_answer_means(
    receiver: Receiver, status: int, headers: dict[str, str], raised: type[Exception] | None, wish: float | None
) -> None:
    receiver.answer = lambda number: (status, headers)
    if raised is None:
        channel(receiver.url).send(message())
    else:
        with pytest.raises(raised) as caught:
            channel(receiver.url).send(message())
        assert getattr(caught.value, "seconds", None) == wish
    assert len(receiver.posts) == 1, "a redirect is not followed"


def test_a_date_is_a_wish_too() -> None:
    later = datetime.now(UTC) + timedelta(minutes=5)
    assert 200 < (asked_wait(format_datetime(later, usegmt=True)) or 0) <= 300
    assert asked_wait(format_datetime(later - timedelta(days=1), usegmt=True)) == 1.0
    assert asked_wait("") is None


def test_a_receiver_that_hangs_is_left(receiver: Receiver) -> None:
    receiver.hold = threading.Event()
    with pytest.raises(RetryLater, match="no answer within"):
        channel(receiver.url, timeout=0.3).send(message())


def test_a_receiver_that_drips_is_left_too() -> None:
    """Each byte comes in time, the answer never does."""
    stop = threading.Event()

    def drip(listener: socket.socket) -> None:
        peer, _ = listener.accept()
        with peer:
            for byte in b"HTTP/1.1 200 OK\r\n" + b"x-slow: 1\r\n" * 1000:
                if stop.wait(0.05):
                    return
                try:
                    peer.sendall(bytes([byte]))
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,), daemon=True)
        thread.start()
        with pytest.raises(RetryLater, match="no answer within"):
            channel(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=0.5).send(message())
        stop.set()
        thread.join(10)


def test_nobody_there_is_tried_again_and_no_address_is_repeated() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(RetryLater, match="not reachable") as caught:
        channel(f"http://127.0.0.1:{port}/hook?key=robot-key").send(message())
    assert "robot-key" not in str(caught.value)


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    """TLS is verified: a self-made certificate gets no word of the message."""
    import ssl
    from datetime import UTC

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "self-made.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    got: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        peer, _ = listener.accept()
        with peer:
            try:
                with context.wrap_socket(peer, server_side=True) as secure:
                    got.append(secure.recv(10))
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        with pytest.raises(RetryLater, match="not reachable"):
            channel(f"https://localhost:{listener.getsockname()[1]}/").send(message())
        thread.join(10)
    assert got == []
