"""Does every name of a pack lead somewhere? Ids stand once; clauses, interpretations and steps exist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policy_kb.hints import expected, nearest
from policy_kb.pack import Pack
from policy_kb.yamlfile import Path_

Found = tuple[str, Path_, str]


def check_names(pack: Pack) -> Iterator[Found]:
    """Every name that is used twice or leads nowhere, with its file and path."""
    yield from _doubles(pack)
    yield from _measures(pack)
    yield from _procedure(pack)
    yield from _answers(pack)


def check_written(pack: Pack) -> Iterator[Found]:
    """Clauses and interpretations that are not there, in unreadable entries too (paths as in `written`)."""
    yield from _interpretations(pack)
    yield from _clauses(pack)


def node_ids(pack: Pack) -> list[str]:
    """The ids of all nodes in definitions and categories, as often as they stand there."""
    trees = [*pack.definitions.values(), *(category.when for category in pack.categories.values())]
    return [node.id for tree in trees for node in tree.walk() if node.id]


def _doubles(pack: Pack) -> Iterator[Found]:
    lists: list[tuple[str, tuple[str, ...], Sequence[str]]] = [
        ("pack.yml", ("clauses",), pack.clauses),
        ("pack.yml", ("exclusions", "bars"), [e.id for e in (*pack.exclusions, *pack.bars)]),
        ("pack.yml", ("flags",), [flag.id for flag in pack.flags]),
        ("procedure.yml", ("steps", "exit"), [step.id for step in (*pack.procedure, *pack.exit.steps)]),
        ("procedure.yml", ("duties",), [duty.id for duty in pack.duties]),
        ("measures.yml", (), [measure.id for measure in pack.measures]),
        ("answers.yml", (), [answer.topic for answer in pack.answers]),
        ("pack.yml", ("categories", "definitions"), [*pack.categories, *node_ids(pack)]),
    ]
    for file, parts, ids in lists:
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            yield file, _last(pack, file, parts, name), f"{name!r} stands here more than once; give each its own."


def _last(pack: Pack, file: str, parts: tuple[str, ...], name: str) -> Path_:
    """Where a name stands last in these parts of the file, or anywhere in it where no part is given."""
    found = [
        path
        for path, value in scalars(pack.files[file].data, ())
        if value == name and (path[0] in parts or not parts) and (path[-1] in ("id", "topic") or path[0] == "clauses")
    ]
    return found[-1] if found else parts[:1]


def scalars(data: object, path: Path_) -> Iterator[tuple[Path_, object]]:
    """Every single value of parsed YAML with its path."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from scalars(value, (*path, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from scalars(value, (*path, number))
    else:
        yield path, data


def _interpretations(pack: Pack) -> Iterator[Found]:
    for file in pack.written:
        for path, value in scalars(pack.written[file].data, ()):
            if path[-1:] != ("interpretation",) or not isinstance(value, str) or not value:
                continue
            if value not in pack.interpretations and value not in pack.lost:
                yield file, path, expected(value, tuple(pack.interpretations), "the interpretation")


def _clauses(pack: Pack) -> Iterator[Found]:
    """A clause address is one that the document has; `三(一)、三(二)` names two."""
    for file in pack.written:
        for path, value in scalars(pack.written[file].data, ()):
            cited = path[-1:] == ("clause",) or (path[-2:-1] == ("clauses",) and len(path) > 2)
            for address in str(value).split("、") if cited else ():
                if address not in pack.clauses and "?" not in pack.clauses:
                    near = nearest(address, pack.clauses)
                    hint = f"did you mean {near!r}?" if near else "correct it, or add it to `clauses` of pack.yml."
                    yield file, path, f"Found the clause {address!r}, which the document does not have; {hint}"


def _measures(pack: Pack) -> Iterator[Found]:
    for number, measure in enumerate(pack.measures):
        for place, name in enumerate(measure.for_):
            if name not in pack.categories and name not in pack.lost:
                yield "measures.yml", (number, "for", place), expected(name, tuple(pack.categories), "the category")


def _procedure(pack: Pack) -> Iterator[Found]:
    for path, steps in ((("steps",), pack.procedure), (("exit", "steps"), pack.exit.steps)):
        before: list[str] = []
        for number, step in enumerate(steps):
            here = (*path, number)
            if step.after is not None and step.after not in before and step.after not in pack.lost:
                near = nearest(step.after, before)
                hint = f"did you mean {near!r}?" if near else "write null for the first step."
                there = f"expected null or a step further up ({', '.join(before) or 'none'})"
                yield "procedure.yml", (*here, "after"), f"Found {step.after!r}; {there}; {hint}"
            if (step.days is None) != (step.day_kind is None):
                yield "procedure.yml", here, "`days` and `day_kind` belong together; give both, or null for both."
            before.append(step.id)


def _answers(pack: Pack) -> Iterator[Found]:
    for number, answer in enumerate(pack.answers):
        if answer.kind != "silent" and not answer.clauses:
            yield "answers.yml", (number,), "An answer from the document needs `clauses`."
        if answer.kind == "silent" and not answer.ask:
            yield "answers.yml", (number,), "Where the document is silent, `ask` names whom to ask; add it."
