"""The case card (个案卡): everything about one case that this person may know, put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions import casefile, caseline, differing, masking, procedure, routing, rulebook
from actions.cardviews import (
    BarredLine,
    CaseCard,
    EventLine,
    FactLine,
    MeasureLine,
    MissingFact,
    ReasonLine,
    StepLine,
    VerdictView,
)
from actions.clock import SHANGHAI
from actions.office import Office
from actions.proof import ProofLine, proof
from actions.transcript import Line, read_transcript
from actions.wording import shown_value, speaking
from policy_kb import FactSpec, Pack, Reason
from storage import UnitOfWork
from storage.models import Area, Case, CaseStep, Fact, User, Verdict

MANY = 10  # other cases of one phone number that are looked at


def build(office: Office, uow: UnitOfWork, user: User, case: Case, reveal: bool) -> CaseCard:
    """The whole card; `reveal` shows the phone number in full and numbers in texts unmasked."""
    rows = procedure.steps(uow, case)
    facts = casefile.facts_of(uow, case)
    pack = office.library.packs.get(case.pack_id)
    steps = tuple(_step(office, uow, user, case, row, facts) for row in rows)
    overview = caseline.line(office, uow, user, case, rows)
    verdicts = uow.cases.verdicts(case.id)
    verdict = _verdict(office, case, verdicts[-1], len(verdicts), facts) if verdicts else None
    missing = _missing(office, verdicts[-1], facts) if verdicts else ()
    measures, barred = _measures(office, case, pack, facts)
    show = (lambda text: text) if reveal else masking.numbers
    visits: Mapping[str, bool] = case.details.get("visits", {})
    return CaseCard(
        receipt=case.receipt,
        version=case.version,
        kind=case.kind,
        title=overview.title,
        status=case.status,
        status_word=overview.status_word,
        urgency=overview.urgency,
        active=case.status in (casefile.OPEN, casefile.RETURNED),
        may_edit=user.role != routing.OPERATOR,
        person=case.person_name if reveal and case.person_name else overview.person,
        phone=_phone(case, reveal),
        dial=case.phone if reveal else None,
        proxy=_proxy(user, case),
        proxy_consent=case.proxy_consent,
        place=_place(uow, case),
        opened=case.discovered_on,
        document=f"{pack.title}（{pack.number}）" if pack is not None else case.pack_id,
        topic=overview.title if case.kind == "complaint" else None,
        against=case.details.get("against"),
        own_words=show(case.own_words),
        has_conversation=case.conversation_id is not None,
        lines=_lines(uow, case, reveal),
        facts=tuple(_fact(office, uow, case, row, show) for row in _ordered(office, facts)),
        verdict=verdict,
        missing=tuple(fact for fact in missing if fact.ask != "applicant"),
        missing_household=tuple(fact for fact in missing if fact.ask == "applicant"),
        next=next((step for step in steps if step.status == procedure.DUE), None),
        steps=steps,
        history=tuple(_event(uow, event, show) for event in uow.cases.events(case.id)),
        measures=measures,
        barred=barred,
        visited=list(visits.values())[-1] if visits else None,
        returned_reason=case.details.get("returned_reason"),
        same_phone=_same_phone(uow, user, case),
        id_number=_id_number(case, reveal),
        same_household=_same_household(uow, user, case),
    )


def _step(
    office: Office, uow: UnitOfWork, user: User, case: Case, row: CaseStep, facts: Mapping[str, Fact]
) -> StepLine:
    spec = procedure.spec_of(office, case, row)
    runs = row.status == procedure.DUE
    mine = runs and case.status == casefile.OPEN and routing.may_act(uow, user, case, row.level)
    verified = casefile.values(facts, verified_only=True)
    return StepLine(
        id=row.step,
        title=spec.zh,
        clause=row.clause,
        level=row.level,
        actor=spec.actor,
        status=row.status,
        status_word=rulebook.say(f"steps.{row.status}"),
        started=row.started_on,
        due=caseline.due_of(row if runs else None, office.clock.today(), waiting=case.status == casefile.RETURNED),
        done=row.done_on,
        done_by=_staff_name(uow, row.done_by),
        note=row.note,
        text=spec.cadre_text,
        records=spec.records,
        days_source=spec.days_source,
        may_record=mine,
        may_leave_out=mine and spec.may_skip and procedure.may_leave_out(office, case, row.step, verified),
    )


def _ordered(office: Office, facts: Mapping[str, Fact]) -> list[Fact]:
    order = {fact_id: place for place, fact_id in enumerate(office.library.vocabulary)}
    return sorted(facts.values(), key=lambda row: order.get(row.fact_id, len(order)))


def _fact(office: Office, uow: UnitOfWork, case: Case, row: Fact, show: Any) -> FactLine:
    spec = office.library.vocabulary.get(row.fact_id)
    earlier = [old for old in uow.facts.history(row.fact_id, case_id=case.id) if old.id != row.id]
    return FactLine(
        id=row.fact_id,
        label=spec.zh if spec is not None else row.fact_id,
        value=fact_value(spec, row.value),
        raw=row.value,
        source=row.source,
        source_word=rulebook.say(f"sources.{row.source}"),
        by=_staff_name(uow, row.said_by),
        verified=row.verified,
        words=show(row.words) if row.words else None,
        inbound_id=row.inbound_id,
        start=row.start,
        end=row.end,
        at=row.at,
        earlier=tuple(fact_value(spec, old.value) for old in earlier),
    )


def fact_value(spec: FactSpec | None, value: object) -> str:
    return shown_value(spec, value) if spec is not None else str(value)


def _verdict(office: Office, case: Case, row: Verdict, given: int, facts: Mapping[str, Fact]) -> VerdictView:
    said = row.assessment
    proven, differences = _proof(office, case, row, facts)
    vocabulary = office.library.vocabulary
    category = caseline.category_words(office, row.pack_id, said.get("category"))
    reasons = [Reason(**reason) for reason in said.get("reasons", ())]
    return VerdictView(
        outcome=said["outcome"],
        category=category,
        words=rulebook.say(f"verdict.{said['outcome']}", category=category or ""),
        flags=tuple(flag["text"] for flag in said.get("flags", ())),
        reasons=tuple(_reason(vocabulary, reason) for reason in reasons),
        because=tuple(_reason(vocabulary, reason) for reason in speaking(reasons, said["outcome"])),
        exclusions=tuple(said.get("exclusions", ())),
        stale=tuple(said.get("stale_parameters", ())),
        pack_id=row.pack_id,
        pack_version=row.pack_version,
        pack_hash=row.pack_hash,
        on=row.on_date,
        proof=proven,
        differences=differences,
        given=given,
    )


def _reason(vocabulary: Mapping[str, FactSpec], reason: Reason) -> ReasonLine:
    facts = "；".join(_fact_words(vocabulary.get(name), name, value) for name, value in reason.facts.items())
    return ReasonLine(reason.clause, reason.text, reason.holds, facts, bool(reason.interpretation))


def _proof(
    office: Office, case: Case, row: Verdict, facts: Mapping[str, Fact]
) -> tuple[tuple[ProofLine, ...], tuple[str, ...]]:
    """The proof as a tree and what would have to be different, by the case's facts and the pack as it is now."""
    if row.pack_id not in office.library.packs:
        return (), ()
    known = casefile.values(facts)
    tree = office.library.explain(row.pack_id, known, row.on_date, case.place)
    found = office.library.differences(row.pack_id, known, row.on_date, case.place)
    return proof(office, tree, facts), differing.sentences(office, row.assessment["outcome"], found)


def _fact_words(spec: FactSpec | None, fact_id: str, value: object) -> str:
    return f"{spec.zh if spec is not None else fact_id}：{fact_value(spec, value)}"


def _missing(office: Office, verdict: Verdict, facts: Mapping[str, Fact]) -> tuple[MissingFact, ...]:
    """What is open and could still change the verdict, exclusions included, most useful first."""
    said = verdict.assessment
    wanted = dict.fromkeys([*said.get("unknown", ()), *said.get("unchecked_exclusions", ())])
    found = []
    for fact_id in wanted:
        spec = office.library.vocabulary.get(fact_id)
        if spec is None or fact_id in facts:
            continue
        found.append(MissingFact(fact_id, spec.zh, str(spec.ask or "cadre"), choices(spec), spec.unit))
    return tuple(found)


def choices(spec: FactSpec) -> tuple[tuple[str, str], ...]:
    """(value, word) for a fact that is chosen; empty for a figure."""
    if spec.kind == "bool":
        return (("true", fact_value(spec, True)), ("false", fact_value(spec, False)))
    return tuple((value, fact_value(spec, value)) for value in spec.values)


def _measures(
    office: Office, case: Case, pack: Pack | None, facts: Mapping[str, Fact]
) -> tuple[tuple[MeasureLine, ...], tuple[BarredLine, ...]]:
    """Help that certainly fits, and help that an item-wise bar takes away."""
    if pack is None or case.kind != "application":
        return (), ()
    known = casefile.values(facts)
    assessment = office.library.assess(pack, known, on=office.clock.today(), ask="any", place=case.place)
    fits = office.library.measures_for(pack, known, assessment, place=case.place)
    barred = office.library.barred_for(pack, known, assessment, place=case.place)
    return (
        tuple(MeasureLine(m.clause, m.zh, "、".join(m.department), m.because) for m in fits),
        tuple(BarredLine(one.measure.zh, one.clause, one.text) for one in barred),
    )


def _event(uow: UnitOfWork, event: Any, show: Any) -> EventLine:
    return EventLine(event.at.astimezone(SHANGHAI), event.kind, show(event.text), _staff_name(uow, event.by_user_id),
                     event.public)  # fmt: skip


def _lines(uow: UnitOfWork, case: Case, reveal: bool) -> tuple[Line, ...]:
    """The conversation, unless a complaint was told in it: that must not be read over an application's shoulder."""
    if case.conversation_id is None:
        return ()
    conversation = uow.conversations.get(case.conversation_id)
    complaints = [c for c in uow.cases.of_conversation(case.conversation_id) if c.kind == "complaint"]
    telling = conversation is not None and conversation.state.get("kind") == "complaint"
    if case.kind == "application" and (complaints or telling):
        return ()
    found = read_transcript(uow, case.conversation_id).lines
    if reveal:
        return tuple(found)
    return tuple(Line(x.author, masking.numbers(x.text), x.at, x.seq, x.inbound_id) for x in found)


def _place(uow: UnitOfWork, case: Case) -> str:
    area = uow.get(Area, case.area_id) if case.area_id is not None else None
    return area.path.replace("/", "") if area is not None else (case.place or rulebook.say("place_unknown"))


def _phone(case: Case, reveal: bool) -> str | None:
    if not case.phone:
        return None
    return case.phone if reveal else masking.phone(case.phone)


def _id_number(case: Case, reveal: bool) -> str | None:
    if not case.id_number:
        return None
    return case.id_number if reveal else masking.id_number(case.id_number)


def _same_household(uow: UnitOfWork, user: User, case: Case) -> tuple[str, ...]:
    """Receipts of the household's other applications that this person may see."""
    if case.household_id is None:
        return ()
    others = [c for c in uow.households.cases_of([case.household_id]) if c.id != case.id][:MANY]
    return tuple(other.receipt for other in others if routing.may_see(uow, user, other))


def _proxy(user: User, case: Case) -> str | None:
    if not (case.proxy_name or case.proxy_relation):
        return None
    name = case.proxy_name or ""
    shown = masking.name(name) if name and user.role == routing.OPERATOR else name
    return f"{shown}（{case.proxy_relation}）" if case.proxy_relation else shown


def _staff_name(uow: UnitOfWork, user_id: int | None) -> str | None:
    user = uow.get(User, user_id) if user_id is not None else None
    return (user.display_name or user.name) if user is not None else None


def _same_phone(uow: UnitOfWork, user: User, case: Case) -> tuple[str, ...]:
    """Receipts of other cases of the same phone that this person may see: perhaps the same matter told twice."""
    if not case.phone:
        return ()
    others = [c for c in uow.cases.of_phone(case.phone) if c.id != case.id and c.kind == case.kind][:MANY]
    return tuple(other.receipt for other in others if routing.may_see(uow, user, other))
