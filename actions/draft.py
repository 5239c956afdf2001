"""What a conversation has come to so far, kept sealed in `conversations.state` between two messages."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field


class PersonDraft(BaseModel):
    """Who the matter is about, and who speaks for them (代办)."""

    name: str | None = None
    phone: str | None = None
    proxy: bool = False
    proxy_name: str | None = None
    proxy_relation: str | None = None
    proxy_consent: bool | None = None
    id_number: str | None = None  # checked; never said back


class ComplaintDraft(BaseModel):
    """A complaint while it is being told."""

    topic: str | None = None
    against: str | None = None
    against_level: Literal["village", "town", "county"] | None = None
    detail_given: bool = False


class Draft(BaseModel):
    """The state of one conversation; every list of numbers holds ids of inbound messages."""

    kind: Literal["application", "complaint"] | None = None
    matter: int = 1  # grows with every new matter; part of the key that opens a case only once
    held: list[int] = Field(default_factory=list)  # told before consent
    story: list[int] = Field(default_factory=list)  # own words of the present matter
    hardships: list[str] = Field(default_factory=list)  # types told of the own household
    asked: list[str] = Field(default_factory=list)  # facts answered with "don't know", never asked again
    tries: dict[str, int] = Field(default_factory=dict)  # questions that were not understood so far
    questions: int = 0  # questions about facts put so far
    question_limit: int = 10  # then the rest is offered to be left to the visit
    part: int | None = None  # which sub-question of the pending fact is out
    parts: dict[str, Any] = Field(default_factory=dict)  # answers to sub-questions
    reviewed: bool = False
    unsure: bool = False  # asked to choose between complaint and application
    told_whose: bool = False  # it was said whose household the questions are about
    skipped: list[str] = Field(default_factory=list)  # place, name or phone that was not given
    buttons: dict[str, str] = Field(default_factory=dict)  # title of an offered choice -> what it means
    paused_asks: str | None = None  # the interview's question while a side matter runs
    paused_stage: str | None = None
    in_danger: bool = False  # a warning was given; no questions until the person goes on
    staff_told: bool = False  # «已经转给工作人员了» was said since a person holds the conversation
    asked_with: str | None = None  # the words with which a person was asked for
    unanswered: str | None = None  # the last question that no document answers, for the person who will
    slots: dict[str, str] = Field(default_factory=dict)  # times offered for a call: shown words -> moment (ISO 8601)
    lookup_receipt: str | None = None
    person: PersonDraft = Field(default_factory=PersonDraft)
    complaint: ComplaintDraft = Field(default_factory=ComplaintDraft)
    receipt: str | None = None  # the last case opened here
    receipts: list[str] = Field(default_factory=list)
    shown: list[str] = Field(default_factory=list)  # receipts of cases proven by the phone's last digits
    joined: str | None = None  # a case opened elsewhere that this matter went into, not proven to be theirs
    secure: bool = False  # the last message came over TLS: an ID number may be asked for
    visit_question: str | None = None  # receipt of the case whose household was asked about a visit

    @property
    def handed_in(self) -> bool:
        """Whether a matter of this conversation has gone to the office."""
        return self.receipt is not None or self.joined is not None

    def next_matter(self) -> Draft:
        """A fresh draft for another matter in the same conversation; cases already opened stay known."""
        return Draft(
            matter=self.matter + 1,
            receipt=self.receipt,
            receipts=list(self.receipts),
            visit_question=self.visit_question,
            shown=list(self.shown),
            secure=self.secure,
        )
