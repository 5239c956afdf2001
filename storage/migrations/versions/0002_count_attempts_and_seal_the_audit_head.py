"""Count attempts across processes, and seal where the audit log ends."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from storage.types import vault_of

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "allowances",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_allowances")),
    )
    with op.batch_alter_table("allowances", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allowances_since"), ["since"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    with op.batch_alter_table("inbound_messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin_index", sa.String(64), nullable=True))
    _seal_the_log_that_exists()


def _seal_the_log_that_exists() -> None:
    """The log as it stands counts as whole; from here on a missing end is noticed."""
    bind = op.get_bind()
    entries = bind.execute(sa.text("SELECT count(*) FROM audit")).scalar()
    if not entries:
        return
    mac = bind.execute(sa.text("SELECT mac FROM audit ORDER BY id DESC LIMIT 1")).scalar()
    said = json.dumps([entries, mac], ensure_ascii=False, separators=(",", ":"))
    seal = vault_of(bind.dialect).index("audit head " + said)
    insert = sa.text("INSERT INTO audit_head (id, entries, mac, seal) VALUES (1, :entries, :mac, :seal)")
    bind.execute(insert, {"entries": entries, "mac": mac, "seal": seal})


def downgrade() -> None:
    with op.batch_alter_table("inbound_messages", schema=None) as batch_op:
        batch_op.drop_column("origin_index")
    op.drop_table("audit_head")
    with op.batch_alter_table("allowances", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allowances_since"))
    op.drop_table("allowances")
