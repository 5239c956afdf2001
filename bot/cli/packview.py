"""A pack as text for people: what one document says, every line with its clause."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policy_kb import Pack, Step
    from policy_kb.coverage import Covered

LEVELS = {"village": "村", "town": "乡镇", "county": "县"}
DAY_KINDS = {"working": "个工作日", "calendar": "天"}


KINDS = {
    "category": "对象类别",
    "condition": "条件",
    "exclusion": "不纳入情形",
    "bar": "限制帮扶",
    "flag": "提示",
    "derivation": "收入口径",
    "parameter": "数值",
    "step": "步骤",
    "duty": "经常工作",
    "exit": "退出",
    "measure": "措施",
}


def render(pack: Pack, clauses: tuple[Covered, ...]) -> str:
    """The whole pack, in the order in which an office meets its parts; `clauses`: what became of each."""
    head = "\n".join((*_head(pack), f"  {_counted(clauses)}"))
    parts = (_categories, _exclusions, _parameters, _procedure, _measures, _notes)
    return "\n\n".join((head, *("\n".join(part(pack)) for part in parts)))


def render_coverage(pack: Pack, clauses: tuple[Covered, ...]) -> str:
    """Every clause of the document: where it is encoded, or why it is not."""
    lines = [f"{pack.title}（{pack.id}）", f"  {_counted(clauses)}"]
    for one in clauses:
        lines.append(f"  {one.clause}  {_where(one) if one.encoded else f'没有编：{one.reason}'}")
        if one.partly:
            lines.append(f"      没有全编：{one.reason}")
    return "\n".join(lines)


def _counted(clauses: tuple[Covered, ...]) -> str:
    encoded = [one for one in clauses if one.encoded]
    partly = sum(one.partly for one in encoded)
    left = len(clauses) - len(encoded)
    return f"条款{len(clauses)}条：编进去{len(encoded)}条（其中{partly}条只编了一部分），算不出来、写明原因的{left}条"


def _where(one: Covered) -> str:
    """The places by kind: 条件 below_line、is_general；措施 training."""
    kinds: dict[str, list[str]] = {}
    for use in one.uses:
        kinds.setdefault(KINDS[use.kind], []).append(use.name)
    return "；".join(f"{kind} {'、'.join(names)}" for kind, names in kinds.items())


def _head(pack: Pack) -> Iterator[str]:
    yield f"{pack.title}（{pack.id}，版本 {pack.version}，{pack.hash}）"
    yield f"  {pack.document}"
    yield f"  {pack.number}，{pack.date}，适用：{pack.place}"


def _categories(pack: Pack) -> Iterator[str]:
    yield "对象类别"
    for name, category in pack.categories.items():
        yield f"  {category.clause}  {category.zh}（{name}）：{category.text}"


def _exclusions(pack: Pack) -> Iterator[str]:
    yield "原则上不纳入；限制帮扶的情形"
    if not pack.exclusions and not pack.bars:
        yield "  文件没有写"
    for exclusion in (*pack.exclusions, *pack.bars):
        yield f"  {exclusion.clause}  {exclusion.text}（{exclusion.id}）"


def _parameters(pack: Pack) -> Iterator[str]:
    yield "数值"
    for name, parameter in pack.parameters.items():
        yield f"  {parameter.zh}（{name}，{parameter.unit}）"
        for period in parameter.values:
            reading = "，我们的解读" if period.interpretation else ""
            days = f"{period.start} 至 {period.to or '未定'}"
            yield f"    {period.value:g}：{days}，{period.source} {period.clause}{reading}"


def _procedure(pack: Pack) -> Iterator[str]:
    yield "程序"
    for step in pack.procedure:
        yield f"  {step.clause}  {step.zh}：{LEVELS[step.level]}（{step.actor}），{_days(step)}"
    yield f"  退出 {pack.exit.clause}：{pack.exit.text}"


def _days(step: Step) -> str:
    if step.days is None:
        return "文件没写天数"
    return f"{step.days} {DAY_KINDS.get(step.day_kind or '', '天')}" + (
        f"，从{step.counted_from}算" if step.counted_from else ""
    )


def _measures(pack: Pack) -> Iterator[str]:
    yield "帮扶措施"
    for measure in pack.measures:
        departments = "、".join(measure.department) or "文件没写部门"
        names = [pack.categories[name].zh for name in measure.for_]
        meant = f"，只给{'、'.join(names)}" if names else ""
        bars = "、".join(dict.fromkeys(bar.clause for bar in pack.bars if measure.kind in bar.bars))
        barred = f"；这一项可能被{bars}卡住" if bars else ""
        yield f"  {measure.clause}  {measure.zh}（{departments}{meant}）：{measure.because}{barred}"


def _notes(pack: Pack) -> Iterator[str]:
    yield "解读与说明"
    for note in (*pack.interpretations.values(), *pack.notes):
        yield f"  {note.clause}  {note.text}"
