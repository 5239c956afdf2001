"""What can go wrong in storage, one class a kind; every message is one sentence that says what to do."""

from __future__ import annotations


class StorageError(Exception):
    """Anything this room reports; the rooms above need no database library to catch it."""


class StaleRow(StorageError):
    """Somebody else changed or removed the row since it was read: read it again, show both, decide."""


class Conflict(StorageError):
    """A row with the same key exists already, or a row it points to does not."""


class BadValue(StorageError, ValueError):
    """A value that its column cannot hold (too long, a time without a zone, not-a-number)."""


class Unavailable(StorageError):
    """The database cannot serve now (down, locked, disk full): nothing was saved, try again."""


class KeyMissing(StorageError):
    """The key file is gone while the database holds data sealed with its key."""


class WrongKey(StorageError):
    """Sealed data cannot be opened with the keys at hand."""


class SealBroken(StorageError):
    """Sealed data was changed, or stands in another column than the one it was sealed for."""


class MigrationError(StorageError):
    """The tables could not be brought to the state this version of the program needs."""


class ArchiveBroken(StorageError):
    """A backup cannot be read back: damaged, of another program, or not there."""
