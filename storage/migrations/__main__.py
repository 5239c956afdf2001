"""Write a new revision from the difference between the models and a freshly migrated database.

`.venv/bin/python -m storage.migrations "what it changes"`; then read it, name what it does, and test it with data.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from storage import Database, Vault
from storage.migrate import write_revision


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit('Say what the revision changes: python -m storage.migrations "add a column for …"')
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'empty.db'}", Vault.ephemeral())
        write_revision(database.engine, sys.argv[1])
        database.close()


if __name__ == "__main__":
    main()
