"""Whether a fact that the rules state is meant so: a table has a say, learned of what they stated of labelled messages.

Rules state «吃低保» of whom a grievance is about, and «脑梗» of a telephone. So the words about every fact are weighed,
and one that the table holds unlikely to be stated of the household as it is now is left out: a wrong fact in an
application is worse than a question asked. What answers a question is not weighed. Learned by `nlu/fact_training.py`.
"""

from __future__ import annotations

from nlu.hardship_model import groups_about
from nlu.learned import Learned
from nlu.mentions import Value
from nlu.normalise import Reading
from nlu.plain_clauses import LINE, Plain, plain
from nlu.stated import Stated
from nlu.table import Grams

CHOICES = ("stated", "not")
FACT = Learned(
    name="fact",
    holds=("stated",),
    code=(
        "fact_model.py",
        "fact_training.py",
        "facts.py",
        "compensation.py",
        "fact_words.py",
        "fact_counts.py",
        "fact_sums.py",
        "statements.py",
        "denials.py",
        "meant.py",
        "told_of_else.py",
        "in_letters.py",
        "dead.py",
        "hardship_model.py",
        "labelled_rows.py",
        "plain_clauses.py",
        "sparse_learning.py",
        "normalise.py",
    ),
    data=("labelled/**/*.yml",),
    training="nlu.fact_training",
    what="facts",
    instead="what the rules state is believed",
)
# Log odds; chosen on messages of eight writers of whom nothing had been learned. Higher bars cost more than they bring.
BAR = -2.0
LONGEST = 3_000  # characters of a text that is weighed
BARE = 24  # characters of a line; in a shorter one hardly anything stands about a statement that could speak against it
_BIAS = {"bias": 1.0}


def drop_doubtful(stated: Stated, told: str, reading: Reading) -> None:
    """Leave out what the table holds unlikely to be meant so.

    told: the reading copy without what is not real; reading: how it was made.
    """
    tables = FACT.tables() if stated.values and len(told) <= LONGEST else None
    if not tables:
        return
    said = plain(told, reading)
    for fact, value in list(stated.values.items()):
        groups = groups_of(said, fact, value, stated.spans[fact])
        if groups:
            so, not_so = tables["stated"].sums(_BIAS, groups)
            if so - not_so < BAR:
                stated.forget(fact)


def groups_of(said: Plain, fact: str, value: Value, span: tuple[int, int]) -> Grams:
    """The groups about what states a fact; none of a bare statement, and where no plain words state it."""
    start, end = said.within(*span)
    line = said.text[said.text.rfind(LINE, 0, start) + 1 :].partition(LINE)[0]
    if start >= end or len(line) < BARE:
        return []
    what = f"{fact}={value}" if isinstance(value, bool | str) else fact
    return groups_about(said.text, start, end, what)
