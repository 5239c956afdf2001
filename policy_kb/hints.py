"""The likeliest fix: which of the known names was probably meant."""

from __future__ import annotations

import types
from collections.abc import Collection, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

NEAR = 60  # of 100: below this, two names have nothing to do with each other
MANY = 12  # names that are still told one by one
WIDTHS = str.maketrans("（）－　", "()- ")


def nearest(found: object, known: Collection[str]) -> str | None:
    """The known name that `found` most resembles; None when none does."""
    from rapidfuzz import fuzz, process  # here, as good files never need it

    best = process.extractOne(_plain(str(found)), list(known), scorer=fuzz.ratio, processor=_plain, score_cutoff=NEAR)
    if best is None:  # a shortened name: `line` for `monitoring_line`
        parts = [name for name in known if len(str(found)) >= 3 and str(found) in name]
        return min(parts, key=len, default=None)
    return str(best[0])


def _plain(text: str) -> str:
    return text.translate(WIDTHS).lower()


def expected(found: object, known: Collection[str], what: str, none: str = "none") -> str:
    """The sentence about a name that does not exist: what was found, what there is, what was probably meant."""
    near = nearest(found, known)
    if len(known) <= MANY:
        there = f"expected one of {', '.join(known)}" if known else f"there is {none}"
    else:
        there = "there is none of this name"
    hint = f"did you mean {near!r}?" if near else "correct the name or add it."
    return f"Found {what} {found!r}; {there}; {hint}"


def keys_of(shape: Any, path: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that an entry at `path` of data of this shape may have; empty where any may stand."""
    shape = _bare(shape)
    if path:
        inner = _inner(shape, path[0])
        return keys_of(inner, path[1:]) if inner is not None else ()
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        return tuple(field.alias or name for name, field in shape.model_fields.items())
    return ()


def _bare(shape: Any) -> Any:
    """Without `Annotated` and without `| None`."""
    origin = get_origin(shape)
    if origin is Annotated:
        return _bare(get_args(shape)[0])
    if origin in (Union, types.UnionType):
        parts = [part for part in get_args(shape) if part is not type(None)]
        return _bare(parts[0]) if len(parts) == 1 else None
    return shape


def _inner(shape: Any, part: str | int) -> Any:
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        fields = {field.alias or name: field.annotation for name, field in shape.model_fields.items()}
        return fields.get(str(part))
    if get_origin(shape) is dict:
        return get_args(shape)[1]
    return get_args(shape)[0] if get_origin(shape) is tuple else None
