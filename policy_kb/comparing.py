"""What is different between two packs, or between two days of one, in plain Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from policy_kb.conditions import Atom, Condition
from policy_kb.errors import PolicyError
from policy_kb.library import Library
from policy_kb.loading import read_folder
from policy_kb.pack import Pack
from policy_kb.parameters import Figure, resolve
from policy_kb.saying import Speaker
from policy_kb.schema import Bar, Exclusion, MeasureSpec, Step

LEVELS = {"village": "村", "town": "乡镇", "county": "县"}
DAY_KINDS = {"working": "个工作日", "calendar": "天"}
STAGES = {"now": "马上", "plan": "列入帮扶计划", "exit": "退出时"}
NOTHING = "没写"
HEAD = {"document": "文件", "number": "文号", "date": "日期"}


@dataclass(frozen=True)
class Edition:
    """A pack as it is compared; `day`: with the figures of that day instead of all their periods."""

    pack: Pack
    day: date | None = None

    @property
    def name(self) -> str:
        return f"{self.pack.title}（{self.pack.id}{f'，{self.day}' if self.day else ''}）"


@dataclass(frozen=True)
class Entry:
    """One thing that two packs may both have: how it is called, what is said of it, and when it applies."""

    title: str
    parts: Mapping[str, str] = field(default_factory=dict)
    when: Condition | None = None
    condition: str = "条件"


def edition(text: str, library: Library) -> Edition:
    """From ID, a folder, or either with @YYYY-MM-DD; raises PolicyError."""
    name, _, day = text.rpartition("@") if "@" in text else (text, "", "")
    try:
        on = date.fromisoformat(day) if day else None
    except ValueError:
        raise PolicyError(f"Found the day {day!r}; expected YYYY-MM-DD after @.") from None
    if name not in library.packs and Path(name).is_dir():
        return Edition(read_folder(Path(name), library), on)
    return Edition(library.pack(name), on)


def compare(before: Edition, after: Edition, library: Library) -> list[str]:
    """Lines for people: what was added, what is gone, what changed, part by part."""
    if bool(before.day) != bool(after.day):
        day = before.day or after.day
        before, after = Edition(before.pack, day), Edition(after.pack, day)
    old, new = _Reader(before, library), _Reader(after, library)
    lines: list[str] = []
    for title, one, two in zip(old.sections(), old.sections().values(), new.sections().values(), strict=True):
        found = list(_section(one, two, old.speaker, new.speaker))
        lines += [title, *found] if found else []
    return [f"从 {before.name}", f"到 {after.name}", *(lines or ["两份说的是一样的。"])]


def _section(old: Mapping[str, Entry], new: Mapping[str, Entry], was: Speaker, now: Speaker) -> Iterator[str]:
    for name in (*old, *(name for name in new if name not in old)):
        one, two = old.get(name), new.get(name)
        if one is None or two is None:
            entry, speaker, word = (two, now, "增加") if two else (one, was, "去掉")
            assert entry is not None
            yield f"  {word}：{entry.title}"
            yield from (f"      {part}：{text}" for part, text in entry.parts.items() if text != NOTHING)
            if entry.when is not None:
                yield f"      {entry.condition}：{speaker.say(entry.when)}"
            continue
        changes = [
            *_parts(one, two),
            *(f"{two.condition}{change}" for change in _conditions(one.when, two.when, was, now)),
        ]
        if changes:
            yield f"  改动：{two.title}"
            yield from (f"      {change}" for change in changes)


def _parts(one: Entry, two: Entry) -> Iterator[str]:
    for part in dict.fromkeys((*one.parts, *two.parts)):
        before, after = one.parts.get(part, NOTHING), two.parts.get(part, NOTHING)
        if before != after:
            yield f"{part}：{before} → {after}"


def _conditions(one: Condition | None, two: Condition | None, was: Speaker, now: Speaker) -> Iterator[str]:
    """Single tests that came, went or changed; where they stand in another order of and/or, the whole."""
    before, after = (was.say(one) if one else "没有条件"), (now.say(two) if two else "没有条件")
    if before == after:
        return
    old = {text: fact for fact, text in was.tests(one)} if one else {}
    new = {text: fact for fact, text in now.tests(two)} if two else {}
    gone = [text for text in old if text not in new]
    for text in (text for text in new if text not in old):
        same = next((other for other in gone if old[other] == new[text]), None)
        if same is not None:
            gone.remove(same)
        yield f"变了：{same} → {text}" if same is not None else f"多了：{text}"
    yield from (f"少了：{text}" for text in gone)
    yield f"，整条原来：{before}"
    yield f"，整条现在：{after}"


class _Reader:
    """The parts of one edition as entries, by section and id."""

    def __init__(self, edition: Edition, library: Library) -> None:
        self.pack, self.day, self.library = edition.pack, edition.day, library
        parameters = {**library.shared, **self.pack.parameters}
        self.speaker = Speaker(self.pack.definitions, library.vocabulary, parameters)

    def sections(self) -> dict[str, dict[str, Entry]]:
        pack = self.pack
        return {
            "文件": {"head": Entry("文件本身", {zh: str(getattr(pack, key)) for key, zh in HEAD.items()})},
            "对象类别": {
                name: Entry(f"{c.zh}（{name}）", {"条款": c.clause, "说明": c.text}, c.when)
                for name, c in pack.categories.items()
            },
            "数值": self._figures(),
            "原则上不纳入": {entry.id: self._limit(entry) for entry in pack.exclusions},
            "限制帮扶": {entry.id: self._limit(entry) for entry in pack.bars},
            "程序": {step.id: self._step(step) for step in pack.procedure},
            "退出": {"exit": Entry("怎么退出", {"条款": pack.exit.clause, "说明": pack.exit.text})}
            | {step.id: self._step(step) for step in pack.exit.steps},
            "帮扶措施": {measure.id: self._measure(measure) for measure in pack.measures},
        }

    def _figures(self) -> dict[str, Entry]:
        if self.day is not None:
            figures = self.library.figures(self.pack, self.day)
            return {
                name: Entry(f"{f.zh}（{name}）", {"数": f.spoken, "出处": _source(f)}) for name, f in figures.items()
            }
        entries = {}
        for name, parameter in self.pack.parameters.items():
            periods = sorted(parameter.values, key=lambda period: period.start)
            figures_of = [resolve(name, parameter, (), period.start) for period in periods]
            parts = {f"{p.start} 至 {p.to or '未定'}": f.spoken for p, f in zip(periods, figures_of, strict=True)}
            entries[name] = Entry(f"{parameter.zh}（{name}）", parts)
        return entries

    def _limit(self, entry: Exclusion) -> Entry:
        parts = {"条款": entry.clause, "说明": entry.text}
        if isinstance(entry, Bar):
            parts["限制的帮扶"] = "、".join(entry.bars)
        itself = Condition("atom", atom=Atom(entry.id, "is"))
        return Entry(f"{self.library.label(entry.id)}（{entry.id}）", parts, entry.when or itself)

    def _step(self, step: Step) -> Entry:
        days = f"{step.days}{DAY_KINDS[step.day_kind]}" if step.days and step.day_kind else NOTHING
        before = self.pack.step(step.after).zh if step.after else "第一步"
        parts = {"条款": step.clause, "谁办": f"{LEVELS[step.level]}，{step.actor}", "天数": days}
        parts |= {"从哪天算": step.counted_from or NOTHING, "接在后面": before}
        return Entry(f"{step.zh}（{step.id}）", parts, step.skip_when, "可以不办的条件")

    def _measure(self, measure: MeasureSpec) -> Entry:
        labels = "、".join(self.pack.categories[name].zh for name in measure.for_)
        parts = {"条款": measure.clause, "部门": "、".join(measure.department) or NOTHING}
        parts |= {"给谁": labels or "各类对象", "什么时候": STAGES[measure.stage]}
        return Entry(f"{measure.zh}（{measure.id}）", parts, measure.when)


def _source(figure: Figure) -> str:
    remark = f"（{figure.remark}）" if figure.remark else ""
    return f"{figure.source} {figure.clause}".strip() + remark
