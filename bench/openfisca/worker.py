"""Runs in `.venv-eval`: a pack as an OpenFisca tax and benefit system, calculated for many households.

Imports nothing of ours. `worker.py RULES.json HOUSEHOLDS.npz` prints JSON: the best seconds of three runs, and how many
households each category has.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from openfisca_core.entities import Entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD = "2020"
COMPARISONS = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "=": np.equal, "!=": np.not_equal,
}  # fmt: skip


def main(rules_file: str, households_file: str) -> None:
    rules = json.loads(Path(rules_file).read_text(encoding="utf-8"))
    households = dict(np.load(households_file))
    system = system_of(rules)
    runs = [run(system, rules, households) for _ in range(3)]
    seconds = min(taken for taken, _ in runs)
    print(json.dumps({"seconds": seconds, "counts": runs[0][1]}))


def run(system: TaxBenefitSystem, rules: dict, households: dict) -> tuple:
    """Seconds to take the households in and to calculate every category; and how many households each has."""
    number = len(next(iter(households.values())))
    start = time.perf_counter()
    simulation = SimulationBuilder().build_default_simulation(system, number)
    for fact, values in households.items():
        simulation.set_input(fact, PERIOD, values)
    found = {name: simulation.calculate(f"category_{name}", PERIOD) for name in rules["categories"]}
    taken = time.perf_counter() - start
    return taken, {name: int(np.count_nonzero(holds)) for name, holds in found.items()}


def system_of(rules: dict) -> TaxBenefitSystem:
    household = Entity("household", "households", "A household", "")
    system = TaxBenefitSystem([household])
    lines = {name: {"values": {"2015-01-01": value}} for name, value in rules["parameters"].items()}
    system.parameters = ParameterNode("", data={"lines": lines})
    for fact, kind in rules["facts"].items():
        add(system, household, fact, {"bool": bool, "int": int, "enum": int}.get(kind, float))
    for fact, (kind, words) in rules["derived"].items():
        add(system, household, fact, bool if kind == "bool" else float, expression(words, rules))
    for name, tree in rules["categories"].items():
        add(system, household, f"category_{name}", bool, condition(tree))
    return system


def add(system: TaxBenefitSystem, entity: Entity, name: str, type_: type, formula=None) -> None:
    parts = {"value_type": type_, "entity": entity, "definition_period": DateUnit.YEAR, "label": name}
    if formula is not None:
        parts["formula"] = formula
    system.add_variable(type(name, (Variable,), parts))


def expression(words: str, rules: dict):
    """A derivation such as `income_year / household_size`, with `&` and `|` between comparisons."""
    code = compile(words, words, "eval")
    facts = [name for name in code.co_names if name not in rules["parameters"]]
    figures = [name for name in code.co_names if name in rules["parameters"]]

    def formula(household, period, parameters):
        values = {name: household(name, period) for name in facts}
        values |= {name: getattr(parameters(period).lines, name) for name in figures}
        return eval(code, {}, values)  # noqa: S307 (our own rules, made a moment ago)

    return formula


def condition(tree: list):
    def formula(household, period, parameters):
        return holds(tree, household, period, parameters(period).lines)

    return formula


def holds(tree: list, household, period, lines):
    operator, *rest = tree
    if operator in ("is", "in", "compare"):
        return test(tree, household, period, lines)
    count, parts = (rest[0], rest[1:]) if operator == "at_least" else (0, rest)
    found = [holds(part, household, period, lines) for part in parts]
    if operator == "not":
        return ~found[0]
    if operator == "at_least":
        return sum(part.astype(int) for part in found) >= count
    return (np.logical_and if operator == "all" else np.logical_or).reduce(found)


def test(tree: list, household, period, lines):
    operator, fact, *rest = tree
    value = household(fact, period)
    if operator == "is":
        return value
    if operator == "in":
        return np.isin(value, rest[0])
    sign, bound = rest
    return COMPARISONS[sign](value, getattr(lines, bound) if isinstance(bound, str) else bound)


if __name__ == "__main__":
    main(*sys.argv[1:])
