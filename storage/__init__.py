"""Storage: what the office remembers. See README.md for the room's law."""

from storage import models
from storage.archive import Manifest
from storage.database import Database
from storage.errors import (
    ArchiveBroken,
    BadValue,
    Conflict,
    KeyMissing,
    MigrationError,
    SealBroken,
    StaleRow,
    StorageError,
    Unavailable,
    WrongKey,
)
from storage.sealed import Vault
from storage.text import clean_text
from storage.unit_of_work import UnitOfWork

__all__ = [
    "ArchiveBroken",
    "BadValue",
    "Conflict",
    "Database",
    "KeyMissing",
    "Manifest",
    "MigrationError",
    "SealBroken",
    "StaleRow",
    "StorageError",
    "Unavailable",
    "UnitOfWork",
    "Vault",
    "WrongKey",
    "clean_text",
    "models",
]
