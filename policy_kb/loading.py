"""From folders to a library, or to everything that is wrong in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from policy_kb import checks
from policy_kb.boundaries import boundary_faults
from policy_kb.errors import Fault, PackError, PolicyError
from policy_kb.factchecks import check_vocabulary, fact_spec
from policy_kb.figurechecks import check_figures
from policy_kb.hints import nearest
from policy_kb.library import Library
from policy_kb.office import OfficeFile, read_office
from policy_kb.pack import SHAPES, Pack, read_pack
from policy_kb.questioning import QuestionFile, Questions, Wanted
from policy_kb.reading import load
from policy_kb.schema import Id, Parameter
from policy_kb.trials import try_examples
from policy_kb.vocabulary import FactSpec, Vocabulary
from policy_kb.wording import QuestionWords
from policy_kb.yamlfile import YamlFile

HERE = Path(__file__).parent


@dataclass
class _Base:
    """What all packs share, and what is wrong in it."""

    vocabulary: Vocabulary
    shared: Mapping[str, Parameter]
    questions: Questions
    faults: list[Fault] = field(default_factory=list)

    def library(self, packs: Mapping[str, Pack], office: OfficeFile) -> Library:
        return Library(self.vocabulary, packs, self.shared, self.questions, office)


def load_library(
    office_file: Path | None = None, root: Path = HERE, own: Mapping[str, Pack] = MappingProxyType({})
) -> Library:
    """Loads facts, packs, topics and the office file; raises `PackError` listing every fault found.

    `own`: packs of the office itself, already checked, which go before installed ones of the same id.
    """
    base, packs, office, faults = _read_all(office_file, root, own)
    if faults:
        raise PackError(faults)
    return base.library(packs, office)


def check_installed(office_file: Path | None = None, root: Path = HERE) -> tuple[list[str], tuple[Fault, ...]]:
    """The ids of the installed packs, and everything wrong in facts, packs, their examples and the office file."""
    base, packs, _, faults = _read_all(office_file, root)
    return list(packs), _sorted(faults + _tried(base, packs, faults))


def check_folder(path: Path, root: Path = HERE) -> tuple[list[str], tuple[Fault, ...]]:
    """The ids of the packs in `path` (a pack, or a folder of packs) and everything wrong in them and their examples.

    They are checked with the facts and topics that are installed. An installed pack of the same id is left aside.
    """
    base = _read_base(root)
    faults = list(base.faults)
    given = _read_packs(pack_folders(path), faults)
    if not base.faults:
        faults += [fault for pack in given.values() for fault in checks.pack_faults(base.vocabulary, pack, base.shared)]
        faults += checks.one_national({**_national_beside(given, root), **given})
    return list(given), _sorted(faults + _tried(base, given, faults))


def _national_beside(given: Mapping[str, Pack], root: Path) -> dict[str, Pack]:
    """The installed national pack where it is not among those given and one of these claims to be it."""
    if not any(pack.places.national for pack in given.values()):
        return {}
    installed = _read_packs(pack_folders(root / "packs"), [])
    return {name: pack for name, pack in installed.items() if pack.places.national and name not in given}


def read_folder(path: Path, library: Library) -> Pack:
    """One pack folder, checked with the facts of `library`; raises `PackError`."""
    faults: list[Fault] = []
    pack = read_pack(path, faults)
    if pack is not None:
        faults += checks.pack_faults(library.vocabulary, pack, library.shared)
    if faults or pack is None:
        raise PackError(faults)
    return pack


def pack_folders(path: Path) -> list[Path]:
    """`path` itself where it is a pack, else the packs in it; raises PolicyError where there is none."""
    path = path.resolve()
    if not path.is_dir():
        near = nearest(path.name, [other.name for other in path.parent.glob("*") if other.is_dir()])
        hint = f"did you mean {near!r}?" if near else "give the folder of a pack, or a folder of packs."
        raise PolicyError(f"There is no folder {path.name!r} in {path.parent}; {hint}")
    if _is_pack(path):
        return [path]
    folders = sorted(folder for folder in path.iterdir() if folder.is_dir() and _is_pack(folder))
    if not folders:
        raise PolicyError(f"There is no pack in {path}; expected {', '.join(SHAPES)}, or folders with these.")
    return folders


def _is_pack(folder: Path) -> bool:
    return any((folder / name).with_suffix(end).is_file() for name in SHAPES for end in (".yml", ".yaml"))


def _sorted(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(set(faults)))


def _read_all(
    office_file: Path | None, root: Path, own: Mapping[str, Pack] = MappingProxyType({})
) -> tuple[_Base, dict[str, Pack], OfficeFile, list[Fault]]:
    base = _read_base(root)
    faults = list(base.faults)
    folders = pack_folders(root / "packs")
    packs = _read_packs(folders, faults)
    if not base.faults:
        faults += [fault for pack in packs.values() for fault in checks.pack_faults(base.vocabulary, pack, base.shared)]
        faults += checks.one_national(packs, expected=len(packs) == len(folders))
    packs |= own
    # An office file names parameters and steps; where those cannot be read, it is not the office file's fault.
    office = OfficeFile() if faults else read_office(office_file, packs, base.shared, faults)
    return base, packs, office, faults


def _read_packs(folders: Iterable[Path], faults: list[Fault]) -> dict[str, Pack]:
    return {pack.id: pack for folder in folders if (pack := read_pack(folder, faults)) is not None}


def _tried(base: _Base, packs: Mapping[str, Pack], faults: Iterable[Fault]) -> list[Fault]:
    """What the packs leave out, and what their examples find; those of a pack with faults would only repeat them."""
    if base.faults:
        return []
    library = base.library(packs, OfficeFile())
    broken = {fault.file.partition("/")[0] for fault in faults}
    sound = [pack for name, pack in packs.items() if name not in broken and not pack.lost]
    found = [fault for pack in packs.values() for fault in checks.gaps(pack)]
    found += [fault for pack in sound for fault in try_examples(library, pack)]
    return found + [fault for pack in sound for fault in boundary_faults(library, pack)]


def _questions(root: Path, faults: list[Fault]) -> Questions:
    asked, _ = load(root / "questions.yml", "questions.yml", QuestionFile, faults)
    words, _ = load(root / "question_words.yml", "question_words.yml", QuestionWords, faults)
    wanted, _ = load(root / "question_figures.yml", "question_figures.yml", tuple[Wanted, ...], faults)
    nothing = QuestionWords(asking={}, about={}, quiet="的")
    return Questions(asked.topics if asked else (), words or nothing, wanted or (), asked.threshold if asked else 1.0)


def _read_base(root: Path) -> _Base:
    faults: list[Fault] = []
    specs: dict[str, FactSpec] = {}
    origins: dict[str, YamlFile] = {}
    for path in sorted((root / "facts").glob("*.yml")):
        if path.name == "parameters.yml":
            continue
        name = f"facts/{path.name}"
        raw, file = load(path, name, dict[Id, dict[str, object]], faults)
        for fact, entry in (raw or {}).items():
            if fact in specs:
                faults.append(file.fault((fact,), f"This fact stands in {origins[fact].name} too; keep one."))
            spec = fact_spec(file, fact, entry, faults)
            if spec is not None:
                specs[fact], origins[fact] = spec, file
    name = "facts/parameters.yml"
    shared, file = load(root / name, name, dict[Id, Parameter], faults)
    faults += [file.fault(path, message) for path, message in check_figures(shared or {})]
    questions = _questions(root, faults)
    vocabulary = Vocabulary(specs)
    if not faults:
        faults += check_vocabulary(vocabulary, origins, shared or {})
    return _Base(vocabulary, shared or {}, questions, faults)
