"""`shouwang chat`: a conversation in the terminal, with the running office, as a farmer has it in the browser."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import httpx

LEAVE = {"/quit", "/exit", "/退出"}


class NotServing(Exception):
    """No office answers at the address."""


class Refused(Exception):
    """The office did not take the message; the text is its own sentence."""


def chat(
    url: Annotated[str | None, typer.Option(help="Address of the office; by default the one of the settings.")] = None,
    conversation: Annotated[str | None, typer.Option(help="Go on with this conversation.")] = None,
) -> None:
    """Talk with the running office; a number picks the choice beside it, /quit leaves, empty looks for news."""
    import httpx

    from bot.settings import load_settings

    settings = load_settings()
    address = (url or f"http://{settings.host}:{settings.port}").rstrip("/")
    own = conversation or f"terminal-{secrets.token_urlsafe(16)}"
    with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
        try:
            _talk(client, own)
        except httpx.TransportError:
            raise NotServing(f"No office answers at {address}: start it with `make run` and try again.") from None
        except (EOFError, KeyboardInterrupt):
            print()
    print(f"(以后接着说：shouwang chat --conversation {own})")


def _talk(client: httpx.Client, own: str) -> None:
    answer = _get(client, own, 0)
    if not answer["replies"]:
        print("（直接打字就行；输入选项前面的数字可以选；/quit 离开）")
    choices = _show(answer)
    while (said := input("> ").strip()) not in LEAVE:
        try:
            answer = _post(client, own, _picked(said, choices)) if said else _get(client, own, answer["seq"])
        except Refused as refusal:
            print(f"\n{refusal}")
            continue
        if answer["replies"]:
            choices = _show(answer)


def _picked(said: str, choices: list[str]) -> str:
    return choices[int(said) - 1] if said.isascii() and said.isdigit() and 0 < int(said) <= len(choices) else said


def _show(answer: dict[str, Any]) -> list[str]:
    """Print the replies; returns the values of the last reply's choices."""
    values: list[str] = []
    for reply in answer["replies"]:
        print(f"\n{reply['text']}")
        values = [choice["value"] for choice in reply["choices"]]
        for number, choice in enumerate(reply["choices"], 1):
            print(f"  {number}. {choice['title']}")
    return values


def _get(client: httpx.Client, own: str, after: int) -> dict[str, Any]:
    return _answer(client.get(f"/api/chat/{own}", params={"after": after}))


def _post(client: httpx.Client, own: str, text: str) -> dict[str, Any]:
    return _answer(client.post(f"/api/chat/{own}", json={"text": text, "message_id": secrets.token_urlsafe(12)}))


def _answer(response: httpx.Response) -> dict[str, Any]:
    if response.is_success:
        body: dict[str, Any] = response.json()
        return body
    try:
        detail = str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        detail = f"HTTP {response.status_code}"
    raise Refused(detail)
