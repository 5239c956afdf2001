"""What the policy documents say, as data, and the engine that reads it (see README.md in this folder)."""

from policy_kb.answers import Citation, PolicyAnswer
from policy_kb.assessment import Assessment, Barred, Brief, Measure, Reason, Remark
from policy_kb.differences import Change, Difference
from policy_kb.errors import FactError, Fault, NoSuchPack, PackError, PolicyError
from policy_kb.explanation import Explanation
from policy_kb.explanation import Step as ProofStep
from policy_kb.incomes import DatedIncome, IncomeWindow, read_incomes
from policy_kb.library import Library
from policy_kb.loading import load_library
from policy_kb.own import OwnDays, OwnFigure
from policy_kb.pack import Pack
from policy_kb.schema import Step
from policy_kb.sql import ListShape, PackSql, pack_sql
from policy_kb.vocabulary import Button, FactSpec, SubQuestion

__all__ = [
    "Assessment",
    "Barred",
    "Brief",
    "Button",
    "Change",
    "Citation",
    "DatedIncome",
    "Difference",
    "Explanation",
    "FactError",
    "FactSpec",
    "Fault",
    "IncomeWindow",
    "Library",
    "ListShape",
    "Measure",
    "NoSuchPack",
    "OwnDays",
    "OwnFigure",
    "Pack",
    "PackError",
    "PackSql",
    "PolicyAnswer",
    "PolicyError",
    "ProofStep",
    "Reason",
    "Remark",
    "Step",
    "SubQuestion",
    "load_library",
    "pack_sql",
    "read_incomes",
]
