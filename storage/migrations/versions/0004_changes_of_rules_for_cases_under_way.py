"""Changes of rules for cases under way: prepared by one person, approved by another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_pack", sa.String(64), nullable=False),
        sa.Column("from_hash", sa.String(64), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_pack", sa.String(64), nullable=False),
        sa.Column("to_hash", sa.String(64), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=False),
        sa.Column("figures", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("case_ids", sa.JSON(), nullable=False),
        sa.Column("flips", sa.LargeBinary(), nullable=False),
        sa.Column("prepared_by", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_change_sets_decided_by_users")),
        sa.ForeignKeyConstraint(["prepared_by"], ["users.id"], name=op.f("fk_change_sets_prepared_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_sets")),
    )


def downgrade() -> None:
    op.drop_table("change_sets")
