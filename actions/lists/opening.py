"""Cases out of departments' lists (部门筛查预警): opened or added to for households at risk, once.

Every fact comes with list, file, row and day, as a department's and not verified: the household has not spoken yet, and
the procedure's first step is that somebody goes there. What a person has checked is never overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from actions import casefile, cases, notices, places, recognition, rulebook
from actions.cases import Person
from actions.clues import ID_NUMBER, Clues, keys
from actions.continuing import open_one
from actions.lists.homes import Home
from actions.lists.judging import Judged
from actions.lists.report import shown_number
from actions.lists.statements import Agreed
from actions.office import Office
from actions.sounds import clean_name
from policy_kb import Pack
from storage import StorageError, UnitOfWork
from storage.models import Case, Fact, Household

REGISTER = "register"  # the kind of key that a household number of the office's register is
LISTED = "lists"  # in `details` of a case: what lists have told it already
KEY_DIGITS = 32
MAX_WORDS = 1000


@dataclass
class Opened:
    """What was done: receipts of new cases and of those added to, households nothing was new for, and failures."""

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    same: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)  # (household number, why)


def open_cases(office: Office, pack: str, judged: Iterable[Judged], only_certain: bool = False) -> Opened:
    """Open or add to the case of each household at risk, each in a transaction of its own; again changes nothing.

    `only_certain`: leave out those that the document leaves open. Raises NoSuchPack.
    """
    law, done, risky = office.library.pack(pack), Opened(), list(judged)
    for one in risky:
        if one.risk == "none" or (only_certain and one.risk != "meets"):
            continue
        try:
            with office.db.begin() as uow:
                what, receipt = _open(office, uow, law, one)
                uow.commit()
        except StorageError as error:
            done.failed.append((shown_number(one.merged), str(error)))
            continue
        if what == "same":
            done.same += 1
        else:
            (done.new if what == "new" else done.updated).append(receipt)
    with office.db.begin() as uow:
        uow.audit.record(
            "system",
            "lists.open",
            f"pack:{pack}",
            lists=_of(risky),
            new=len(done.new),
            updated=len(done.updated),
            same=done.same,
            failed=len(done.failed),
        )
        uow.commit()
    return done


def _of(judged: Iterable[Judged]) -> list[str]:
    """The kinds and months of all lists, for the audit log: file names may carry what does not belong there."""
    return sorted({f"{s.given.kind} {s.given.month:%Y-%m}" for j in judged for s in j.merged.stated if s.given.month})


def _open(office: Office, uow: UnitOfWork, pack: Pack, one: Judged) -> tuple[str, str]:
    """(new, updated or same; the receipt)"""
    hashes = _hashes(uow, one.merged.home)
    uow.households.hold(hashes.values())
    wanted = _wanted(office, uow, pack, one.merged.home, hashes)
    homes = _households(uow, hashes)
    earlier = uow.households.cases_of([n for home in homes for n in uow.households.cluster(home.id)])
    under_way = next((found for home in homes if (found := open_one(uow, home, wanted)) is not None), None)
    if under_way is not None:
        return _add(office, uow, under_way, one.merged.agreed), under_way.receipt
    over = next((c for c in earlier if c.pack_id == pack.id and _knows(uow, c, one.merged.agreed)), None)
    if over is not None:
        return "same", over.receipt
    return _begin(office, uow, pack, wanted, one, homes[0] if homes else None, hashes)


# -- whose it is ----------------------------------------------------------------------------------------------


def _hashes(uow: UnitOfWork, home: Home) -> dict[tuple[str, str], str]:
    """(kind, ID number or household number) → the keyed hash by which the household is found."""
    found = {(ID_NUMBER, member): keys(uow, Clues(id_number=member))[ID_NUMBER] for member in home.members}
    if home.number:
        found[REGISTER, home.number] = uow.index(f"{REGISTER}:{home.number}")
    return found


def _households(uow: UnitOfWork, hashes: Mapping[tuple[str, str], str]) -> list[Household]:
    """The households of the office's that carry one of these keys, as they stand now: members first, newest first."""
    numbers: dict[int, None] = {}
    for kind in (ID_NUMBER, REGISTER):
        wanted = [key for (name, _), key in hashes.items() if name == kind]
        numbers |= dict.fromkeys(uow.households.holders(kind, wanted) if wanted else ())
    roots = uow.households.roots(list(numbers))
    return list({roots[number].id: roots[number] for number in numbers}.values())


def _wanted(
    office: Office, uow: UnitOfWork, pack: Pack, home: Home, hashes: Mapping[tuple[str, str], str]
) -> Case:  # fmt: skip
    """The case as it would be opened."""
    area = places.resolve_area(uow, home.place)
    own = hashes.get((REGISTER, home.number)) or next(iter(hashes.values()))
    return Case(
        receipt="",
        kind="application",
        dedup_key=f"{LISTED}:{pack.id[:64]}:{own[:KEY_DIGITS]}",
        pack_id=pack.id,
        pack_version=str(pack.version),
        pack_hash=pack.hash,
        place=area.path.replace("/", "") if area is not None else home.place or None,
        area_id=area.id if area is not None else None,
        routed_area_id=area.id if area is not None else None,
        opened_at=office.clock.now(),
        discovered_on=office.clock.today(),
    )


# -- opening and adding -----------------------------------------------------------------------------------------


def _begin(
    office: Office, uow: UnitOfWork, pack: Pack, case: Case, one: Judged, home: Household | None,
    hashes: Mapping[tuple[str, str], str],
) -> tuple[str, str]:  # fmt: skip
    told = one.merged.home
    head = told.head_id or next(iter(told.members), None)
    case.own_words = office.texts.say("lists.case.words", lists=_lists(one.merged.agreed))
    case.details = {"hardships": [], "origin": LISTED, LISTED: _digests(uow, one.merged.agreed)}
    person = Person(name=told.head or told.members.get(head or "") or None, id_number=head)
    case, new = cases.store_new(office, uow, case, person)
    if not new:  # under way with the same number though its keys are not known: nothing is doubled
        return _add(office, uow, case, one.merged.agreed), case.receipt
    recognition.settle(office, uow, case, home)
    if case.household_id is None:
        case.household_id = _settled(office, uow, case, home).id
    root = uow.households.root(case.household_id)
    learnt = [(kind, key) for (kind, _), key in hashes.items()]
    learnt += [item for name in told.members.values() for item in keys(uow, Clues(name=clean_name(name))).items()]
    uow.households.learn(root, learnt, office.clock.now(), case_id=case.id, conversation_id=None)
    for fact_id, agreed in one.merged.agreed.items():
        uow.facts.state(_fact(office, case, fact_id, agreed))
    uow.flush()
    facts = casefile.values(casefile.facts_of(uow, case))
    assessment = office.library.assess(pack, facts, on=office.clock.today(), ask="any", place=case.place)
    cases.set_going(
        office, uow, case, assessment, facts, opened="opened_from_lists", announce="new_from_lists", actor="system"
    )
    return "new", case.receipt


def _settled(office: Office, uow: UnitOfWork, case: Case, home: Household | None) -> Household:
    """The household of a case that nobody could be found by: known by its number in the register alone."""
    made = home or uow.add(Household(created_at=office.clock.now(), head_name=case.person_name, area_id=case.area_id))
    uow.flush()
    return made


def _add(office: Office, uow: UnitOfWork, case: Case, agreed: Mapping[str, Agreed]) -> str:
    """Put what lists say newly into a case under way, with its history and a line to those who act: updated or same."""
    known, told = casefile.facts_of(uow, case), set(case.details.get(LISTED, ()))
    digests = {fact_id: _digest(uow, fact_id, one) for fact_id, one in agreed.items()}
    news = {
        fact_id: one
        for fact_id, one in agreed.items()
        if digests[fact_id] not in told and (fact_id not in known or known[fact_id].value != one.value)
    }
    if not news:
        return "same"
    for fact_id, one in news.items():
        if fact_id in known and known[fact_id].verified:
            _note_conflict(office, uow, case, fact_id, one)
        else:
            uow.facts.state(_fact(office, case, fact_id, one))
    case.details = {**case.details, LISTED: sorted({*told, *(digests[fact_id] for fact_id in news)})}
    text = rulebook.say("history.listed_again", lists=_lists(news))
    casefile.note(office, uow, case, "listed_again", text)
    casefile.touch(case)
    uow.flush()
    casefile.reassess(office, uow, case)
    notices.about_case(office, uow, case, "listed_again", _digest_of(uow, sorted(digests.values())))
    uow.audit.record("system", "case.listed", f"case:{case.id}", facts=sorted(news))
    uow.flush()
    return "updated"


def _knows(uow: UnitOfWork, case: Case, agreed: Mapping[str, Agreed]) -> bool:
    """Whether a case that is over was about the same: nothing that lists say now was otherwise then."""
    known = casefile.values(casefile.facts_of(uow, case))
    told = case.details.get(LISTED, ())
    return all(known.get(f) == one.value or _digest(uow, f, one) in told for f, one in agreed.items())


def _note_conflict(office: Office, uow: UnitOfWork, case: Case, fact_id: str, one: Agreed) -> None:
    text = rulebook.say("history.listed_conflict", fact=office.library.label(fact_id), words=_words(office, one))
    casefile.note(office, uow, case, "listed_conflict", text)


def _fact(office: Office, case: Case, fact_id: str, one: Agreed) -> Fact:
    listed = any(source.given.month is not None for source in one.sources)
    return Fact(
        conversation_id=case.conversation_id,
        case_id=case.id,
        fact_id=fact_id,
        value=one.value,
        source="department" if listed else "office",
        words=_words(office, one),
        at=office.clock.now(),
        verified=False,
    )


def _words(office: Office, one: Agreed) -> str:
    """Where a fact stands: every list, file and row."""
    said = dict.fromkeys(source.words(office.texts) for source in one.sources)
    return "；".join(said)[:MAX_WORDS]


def _lists(agreed: Mapping[str, Agreed]) -> str:
    sources = (source for one in agreed.values() for source in one.sources)
    return "、".join(dict.fromkeys(f"{s.given.zh}（{s.given.month:%Y-%m}）" for s in sources if s.given.month))


def _digests(uow: UnitOfWork, agreed: Mapping[str, Agreed]) -> list[str]:
    return sorted(_digest(uow, fact_id, one) for fact_id, one in agreed.items())


def _digest(uow: UnitOfWork, fact_id: str, one: Agreed) -> str:
    """What a list of a month says of a fact, whatever its file is called and however its rows are ordered."""
    lists = sorted({(source.given.kind, str(source.given.month)) for source in one.sources})
    return _digest_of(uow, [fact_id, repr(one.value), repr(lists)])


def _digest_of(uow: UnitOfWork, parts: Iterable[str]) -> str:
    return uow.index("|".join(parts))[:16]
