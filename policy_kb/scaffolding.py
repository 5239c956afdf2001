"""A new pack to be edited: the small, sound, made-up one in `scaffold/`, under a name of its own."""

from __future__ import annotations

import os
import re
from pathlib import Path

from policy_kb.editors import FOLDER as SCHEMAS
from policy_kb.errors import PolicyError
from policy_kb.pack import SHAPES

SCAFFOLD = Path(__file__).parent / "scaffold"
MADE_UP = "new-county-2030-1"
PACK_ID = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")


def new_pack(pack_id: str, folder: Path) -> Path:
    """Writes the files of a new pack into `folder`/`pack_id`; raises PolicyError where that is not possible."""
    if not PACK_ID.match(pack_id):
        raise PolicyError(f"Found the id {pack_id!r}; expected small letters, digits and -, such as xinhe-2030-1.")
    target = folder / pack_id
    if target.exists():
        raise PolicyError(f"{target} is there already; choose another id, or another --folder.")
    target.mkdir(parents=True)
    # Editors look for the schema from the file; a relative path still leads there when the checkout moves as a whole.
    schemas = Path(os.path.relpath(SCHEMAS, target.resolve())).as_posix()
    for name in SHAPES:
        text = (SCAFFOLD / name).read_text(encoding="utf-8")
        text = text.replace("$schema=SCHEMA/", f"$schema={schemas}/").replace(MADE_UP, pack_id)
        (target / name).write_text(text, encoding="utf-8")
    return target
