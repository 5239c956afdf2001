"""A run as text: what `make eval` prints, and the comparison that stands in the documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bench.accuracy.measure import OURS, Group, Run, by_genre, by_tag
from bench.accuracy.sets import MEANING, absent
from nlu.evaluation import Score
from nlu.evaluation.report import ORDER, WORST, Figure, figures, markdown, table, worst

MAIN = (
    "kind strict",
    "hardship type",
    "hardship type+subject+status",
    "amount value",
    "amount value+role",
    "household size",
    "facts precision",
    "facts recall",
    "nothing",
)
COMPARED = (
    "kind strict",
    "kind lenient",
    "hardship type",
    "hardship type+subject",
    "hardship type+subject+status",
    "amount value",
    "amount value+role",
    "household size",
    "facts precision",
    "facts recall",
    "nothing",
    "sums",
)
SHORT = {"hardship type+subject+status": "type+subject+status", "amount value": "sum", "amount value+role": "sum+role"}
NOT_GIVEN = "–"


def report(run: Run, worst_count: int = WORST) -> Iterator[str]:
    """Everything, part by part."""
    for one in run.sets:
        score = run.scores[one.name]
        yield f"## {one.name} ({MEANING[one.group]})\n\n{table(score)}"
        if score.errors and worst_count:
            yield f"Worst {min(worst_count, len(score.errors))} of {len(score.errors)} with errors:\n" + worst(
                score, worst_count
            )
    for group in run.groups:
        ours = group.scores[OURS]
        for title, parts in (("genre", by_genre(ours)), ("tag", by_tag(ours))):
            if parts:
                yield f"## {group.name}, by {title}\n\n" + parts_table(title, parts)
    for group in run.groups if run.ways or run.unable else ():
        yield f"## {group.name}: compared, {group.rows} messages\n\n" + comparison(group, run)
    yield notes(run)


def parts_table(title: str, parts: Mapping[str, Score]) -> str:
    """A line per genre or tag; only measures that some part has."""
    found = {name: figures(part, MAIN) for name, part in parts.items()}
    measures = [m for m in MAIN if any(m in of for of in found.values())]
    head = [title, "rows", *(SHORT.get(m, m) for m in measures)]
    lines = [[name, str(parts[name].rows), *(_cell(of.get(m)) for m in measures)] for name, of in found.items()]
    return markdown(head, lines) if measures else "(no labels of these measures)"


def _cell(figure: Figure | None) -> str:
    return "" if figure is None else f"{figure.rate:.2f} [{figure.interval}] n={figure.total}"


def comparison(group: Group, run: Run, measures: Sequence[str] = COMPARED) -> str:
    """A line per measure, a column per way of reading; ways that could not run have a column that says so."""
    found = {way: figures(score, measures) for way, score in group.scores.items()}
    ways = [*group.scores, *run.unable]
    trained = [way for way in run.ways if way not in group.scores]
    lines = []
    for measure in (m for m in ORDER if m in measures and m in found[OURS]):
        cells = [_compared(run, way, measure, found.get(way, {}).get(measure)) for way in ways]
        lines.append([measure, *cells, *("(trained on these)" for _ in trained), str(found[OURS][measure].total)])
    return markdown(["measure", *ways, *trained, "n"], lines)


def _compared(run: Run, way: str, measure: str, figure: Figure | None) -> str:
    if way in run.unable:
        return "not run"
    if figure is None or (way in run.ways and measure not in run.ways[way].measures):
        return NOT_GIVEN
    return f"{figure.rate:.2f} [{figure.interval}]"


def notes(run: Run) -> str:
    """What must be known beside the tables: what each way is, what could not run, what was not here."""
    lines = [f"- {name}: {way.about}." for name, way in run.ways.items()]
    lines += [f"- {name}: {reason}." for name, reason in run.unable.items()]
    lines.append(f"- {NOT_GIVEN}: this way of reading does not give it. Brackets are 95 % intervals.")
    missing = absent()
    if missing:
        lines.append(f"- not on this machine (expected in ../shared/data), so not measured: {', '.join(missing)}.")
    return "\n".join(lines)
