"""The tables: what the office remembers, one class a table, one file a theme.

Times are timezone-aware UTC (`UtcDateTime`); dates are Asia/Shanghai calendar days.
`Sealed` columns are encrypted at rest (see `sealed.py`); `*_index` columns are keyed
hashes that let a sealed value be looked up without being readable.
Rows that people edit carry `version` (optimistic lock, raised as `StaleRow` on conflict).
"""

from storage.models.base import Base
from storage.models.casework import Case, CaseEvent, CaseStep, ChangeSet, Verdict
from storage.models.households import Household, HouseholdKey, HouseholdMatch
from storage.models.records import Allowance, AuditEntry, AuditHead, Lease, SealingKey
from storage.models.staff import Area, LinkCode, OfficeSetting, Session, StaffLink, StaffPreferences, User
from storage.models.talk import Attachment, ChannelUpdate, Conversation, Fact, InboundMessage, Reply
from storage.models.work import Call, Notification, OutboxMessage, Reminder, Task

__all__ = [
    "Allowance",
    "Area",
    "Attachment",
    "AuditEntry",
    "AuditHead",
    "Base",
    "Call",
    "Case",
    "CaseEvent",
    "CaseStep",
    "ChangeSet",
    "ChannelUpdate",
    "Conversation",
    "Fact",
    "Household",
    "HouseholdKey",
    "HouseholdMatch",
    "InboundMessage",
    "Lease",
    "LinkCode",
    "Notification",
    "OfficeSetting",
    "OutboxMessage",
    "Reminder",
    "Reply",
    "SealingKey",
    "Session",
    "StaffLink",
    "StaffPreferences",
    "Task",
    "User",
    "Verdict",
]
