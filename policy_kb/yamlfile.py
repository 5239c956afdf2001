"""YAML with line numbers: every value can be traced to the line it was written on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from policy_kb.errors import Fault

Path_ = tuple[str | int, ...]
_FAST_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class YamlFile:
    """A parsed file: `data`, and where each part of it stands. `name` is what faults are reported under."""

    name: str
    data: Any = None
    lines: dict[Path_, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line(self, path: Sequence[str | int]) -> int:
        """The line of `path`, or of the nearest part above it that exists."""
        key = tuple(path)
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key, 1)

    def fault(self, path: Sequence[str | int], message: str) -> Fault:
        where = ".".join(map(str, path))
        return Fault(self.name, self.line(path), f"{where}: {message}" if where else message)


def read(path: Path, name: str) -> YamlFile:
    """Reads one file. Unreadable YAML and doubled keys become faults, never exceptions."""
    result = YamlFile(name)
    try:
        root = _compose(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        result.faults.append(Fault(name, 1, f"The file cannot be read ({error}); expected UTF-8 text."))
        return result
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        result.faults.append(
            Fault(name, line, f"This is not YAML: {error.problem}; correct the line or the one above.")
        )
        return result
    except yaml.YAMLError as error:
        result.faults.append(Fault(name, 1, f"This is not YAML: {error}; correct the file."))
        return result
    if root is not None:
        result.data = _value(root, (), result)
    return result


def _compose(text: str) -> yaml.Node | None:
    """libyaml reads several times faster; for a text it cannot read, the slow reader names the better place."""
    try:
        return yaml.compose(text, Loader=_FAST_LOADER)
    except yaml.YAMLError:
        return yaml.compose(text, Loader=yaml.SafeLoader)


def _value(node: yaml.Node, path: Path_, file: YamlFile) -> Any:
    file.lines.setdefault(path, node.start_mark.line + 1)
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
        key = _scalar(key_node) if isinstance(key_node, yaml.ScalarNode) else str(key_node.value)
        # A bare yes/no/true key is a word for us, never a truth value.
        key = key_node.value if isinstance(key, bool) or key is None else key
        here = (*path, key)
        if key in result:
            line = key_node.start_mark.line + 1
            file.faults.append(
                Fault(file.name, line, f"{'.'.join(map(str, here))}: This key stands here twice; keep one.")
            )
        file.lines[here] = key_node.start_mark.line + 1
        result[key] = _value(value_node, here, file)
    return result


def _scalar(node: yaml.Node) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node, deep=True)
    finally:
        loader.dispose()
