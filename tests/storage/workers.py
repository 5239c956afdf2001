"""What a process of its own does in the tests of many at once. Each opens the database anew, as the program would."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from storage import Database, Vault, models
from tests.storage.rows import NOW


def opened(url: str, key_file: str) -> Database:
    database = Database(url, Vault.open(Path(key_file)))
    database.migrate()
    return database


def accept_messages(url: str, key_file: str, count: int) -> list[bool]:
    """The same `count` messages as everybody else accepts; which of them were new here."""
    database, created = opened(url, key_file), []
    for number in range(count):
        with database.begin() as uow:
            created.append(uow.inbox.accept("web", f"c{number % 3}", f"m{number}", "我家没钱", NOW)[1])
            uow.commit()
    database.close()
    return created


def count_up(url: str, key_file: str, times: int) -> int:
    """Read a number, add one, write it back."""
    database = opened(url, key_file)
    for _ in range(times):
        with database.begin() as uow:
            conversation = uow.conversations.get("c1", lock=True)
            assert conversation is not None
            conversation.state["count"] = conversation.state.get("count", 0) + 1
            uow.commit()
    database.close()
    return times


def count_up_a_versioned_row(url: str, key_file: str, times: int) -> int:
    """The same on a row with a version, without a lock, repeating what was told stale."""
    from storage import StaleRow

    database, done = opened(url, key_file), 0
    while done < times:
        try:
            with database.begin() as uow:
                (row,) = uow.find(models.Case)
                row.details["count"] = row.details.get("count", 0) + 1
                uow.commit()
                done += 1
        except StaleRow:
            continue
    database.close()
    return done


def send_everything(url: str, key_file: str, owner: str) -> list[int]:
    """Claim until nothing is left; what was claimed."""
    database, claimed = opened(url, key_file), []
    while True:
        with database.begin() as uow:
            batch = uow.outbox.claim(NOW, owner, 600, 25)
            uow.commit()
        if not batch:
            database.close()
            return claimed
        claimed += [message.id for message in batch]
        with database.begin() as uow:
            for message in batch:
                uow.outbox.mark_sent(message, NOW)
            uow.commit()


def fire_reminders(url: str, key_file: str) -> list[int]:
    """Fire until nothing is due, each with its outbox row; which ones."""
    database, fired = opened(url, key_file), []
    while True:
        with database.begin() as uow:
            due = uow.reminders.due(NOW, 20)
            for reminder in due:
                uow.reminders.fire(reminder, NOW)
                row = models.OutboxMessage(
                    key=reminder.key, channel="staff", recipient="1", text="x", next_at=NOW, created_at=NOW
                )
                uow.outbox.put(row)
            uow.commit()
        if not due:
            database.close()
            return fired
        fired += [reminder.id for reminder in due]


def take_leases(url: str, key_file: str, owner: str, rounds: int) -> list[int]:
    """In which rounds this worker got the conversation; all workers want it in every round."""
    database, won = opened(url, key_file), []
    for number in range(rounds):
        with database.begin() as uow:
            got = uow.conversations.lease(f"round{number}", owner, NOW, 600)
            uow.commit()
        if got:
            won.append(number)
    database.close()
    return won


def speak(url: str, key_file: str, times: int) -> list[int]:
    """Add replies to one conversation; the numbers they got."""
    database, numbers = opened(url, key_file), []
    for _ in range(times):
        with database.begin() as uow:
            conversation = uow.conversations.get("c1")
            assert conversation is not None
            numbers.append(uow.replies.add(conversation, "好", now=NOW).seq)
            uow.audit.record("system", "spoke", "conversation")
            uow.commit()
    database.close()
    return numbers


def spend(url: str, key_file: str, times: int) -> list[int]:
    """Try the same thing again and again; what was counted each time."""
    database, counted = opened(url, key_file), []
    for _ in range(times):
        with database.begin() as uow:
            counted.append(uow.allowances.spend("a", NOW, timedelta(hours=1)))
            uow.commit()
    database.close()
    return counted


def start(url: str, key_file: str) -> str:
    """What a process does first; the id of the key it ends up with."""
    database = opened(url, key_file)
    database.close()
    return database.vault.active_key_id


def acknowledge_forever(url: str, key_file: str, name: str) -> None:
    """Accept message after message and say so after each commit, until killed."""
    database, number = opened(url, key_file), 0
    while True:
        number += 1
        with database.begin() as uow:
            uow.inbox.accept("web", name, f"{name}-{number}", "我家没钱", NOW)
            uow.commit()
        print(f"{name}-{number}", flush=True)


if __name__ == "__main__":
    acknowledge_forever(*sys.argv[1:])
