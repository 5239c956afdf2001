"""YAML with places: every value can be traced to the line and the column it was written at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from policy_kb.errors import Fault

Path_ = tuple[str | int, ...]
Mark = tuple[int, int]
_FAST_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class YamlFile:
    """A parsed file: `data`, and where each part of it stands. `name` is what faults are reported under.

    `keys` has the line and column of every key (of an item of a list: of the item), `values` those of every scalar.
    """

    name: str
    data: Any = None
    keys: dict[Path_, Mark] = field(default_factory=dict)
    values: dict[Path_, Mark] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def mark(self, path: Sequence[str | int], at_key: bool = False) -> Mark:
        """Line and column of the value at `path` where it is a scalar, else (or `at_key`) those of its key.

        Where there is none, those of the nearest part above.
        """
        here = tuple(path)
        while here and here not in self.keys:
            here = here[:-1]
        key = self.keys.get(here, (1, 1))
        return key if at_key or here != tuple(path) else self.values.get(here, key)

    def fault(self, path: Sequence[str | int], message: str, at_key: bool = False) -> Fault:
        """A fault of the part at `path`; `at_key`: it is the key that is wrong, not its value."""
        where = ".".join(map(str, path))
        return Fault(self.name, *self.mark(path, at_key), f"{where}: {message}" if where else message)


def read(path: Path, name: str) -> YamlFile:
    """Reads one file. Unreadable YAML and doubled keys become faults, never exceptions."""
    result = YamlFile(name)
    try:
        root = _compose(path.read_text(encoding="utf-8"))
        if root is not None:
            result.data = _value(root, (), result)
    except RecursionError:
        deep = "This file is nested too deeply, or a part of it holds itself; take the inner brackets or the `*` out."
        result.faults, result.data = [Fault(name, 1, 1, deep)], None
    except (OSError, UnicodeDecodeError) as error:
        result.faults.append(Fault(name, 1, 1, f"The file cannot be read ({error}); expected UTF-8 text."))
    except yaml.MarkedYAMLError as error:
        # A quotation mark that is never closed is noticed at the end of the file only.
        mark = (
            error.context_mark if "end of stream" in str(error.problem) and error.context_mark else error.problem_mark
        )
        place = _mark(mark) if mark else (1, 1)
        result.faults.append(Fault(name, *place, f"This is not YAML: {error.problem}; {_likely(error)}."))
    except yaml.YAMLError as error:
        result.faults.append(Fault(name, 1, 1, f"This is not YAML: {error}; correct the file."))
    return result


def _compose(text: str) -> yaml.Node | None:
    """libyaml reads several times faster; for a text it cannot read, the slow reader names the better place."""
    try:
        return yaml.compose(text, Loader=_FAST_LOADER)
    except yaml.YAMLError:
        return yaml.compose(text, Loader=yaml.SafeLoader)


def _mark(mark: Any) -> Mark:
    return mark.line + 1, mark.column + 1


# What people mostly did when libyaml's words for it appear.
LIKELY = (
    ("cannot start any token", "a tab or a sign that YAML keeps for itself: indent with blanks, and quote the text"),
    ("mapping values are not allowed", "a colon inside a text: put the text in quotes"),
    ("could not find expected ':'", "a key without its colon: write `key: value`"),
    ("expected ',' or ']'", "an open list: close the bracket `[`"),
    ("expected ',' or '}'", "an open mapping: close the brace `{`, and quote a text that begins with one"),
    ("unexpected end of stream", "a quotation mark that is not closed: close it"),
    ("expected <block end>", "uneven indentation: line the keys up with those above"),
)


def _likely(error: yaml.MarkedYAMLError) -> str:
    hints = (hint for words, hint in LIKELY if words in str(error.problem))
    return "most likely " + next(hints, "the line above is not finished: correct it or this line")


def _value(node: yaml.Node, path: Path_, file: YamlFile) -> Any:
    file.keys.setdefault(path, _mark(node.start_mark))
    if isinstance(node, yaml.ScalarNode):
        file.values[path] = _mark(node.start_mark)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, file)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, index), file) for index, child in enumerate(node.value)]
    try:
        return _scalar(node)
    except (yaml.YAMLError, ValueError) as error:
        file.faults.append(file.fault(path, f"Found {node.value!r}, which cannot be read as a value ({error})."))
        return None


def _mapping(node: yaml.MappingNode, path: Path_, file: YamlFile) -> dict[Any, Any]:
    result: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            message = "Found a list or a mapping as a key; expected a name; write `name: value`."
            file.faults.append(Fault(file.name, *_mark(key_node.start_mark), message))
            continue
        key = _scalar(key_node)
        # A bare yes/no/true key is a word for us, never a truth value.
        key = key_node.value if isinstance(key, bool) or key is None else key
        here = (*path, key)
        if key in result:
            where, first = ".".join(map(str, here)), file.keys[here][0]
            message = f"{where}: This key stands here twice, first on line {first}; keep one."
            file.faults.append(Fault(file.name, *_mark(key_node.start_mark), message))
        file.keys[here] = _mark(key_node.start_mark)
        result[key] = _value(value_node, here, file)
    return result


def _scalar(node: yaml.Node) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node, deep=True)
    finally:
        loader.dispose()
