"""Calls, Telegram, households, office settings and how staff want to be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_updates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("external_id", sa.String(64), nullable=False),
        sa.Column("chat", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_owner", sa.String(64), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(200), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_updates")),
        sa.UniqueConstraint("channel", "external_id", name=op.f("uq_channel_updates_channel_external_id")),
    )
    with op.batch_alter_table("channel_updates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_channel_updates_chat"), ["chat"], unique=False)
        batch_op.create_index("ix_channel_updates_pending", ["channel", "status", "id"], unique=False)

    op.create_table(
        "leases",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "households",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("head_name", sa.LargeBinary(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_households_area_id_areas")),
        sa.ForeignKeyConstraint(["merged_into"], ["households.id"], name=op.f("fk_households_merged_into_households")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_households")),
    )
    with op.batch_alter_table("households", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_households_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_households_merged_into"), ["merged_into"], unique=False)

    op.create_table(
        "household_matches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("suggested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_household_matches_decided_by_users")),
        sa.ForeignKeyConstraint(["first_id"], ["households.id"], name=op.f("fk_household_matches_first_id_households")),
        sa.ForeignKeyConstraint(
            ["second_id"], ["households.id"], name=op.f("fk_household_matches_second_id_households")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_matches")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_household_matches_first_id_second_id")),
    )
    with op.batch_alter_table("household_matches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_household_matches_first_id"), ["first_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_household_matches_second_id"), ["second_id"], unique=False)

    op.create_table(
        "link_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_link_codes_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_link_codes_code_hash")),
    )
    with op.batch_alter_table("link_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_codes_user_id"), ["user_id"], unique=False)

    op.create_table(
        "office_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(24), nullable=False),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["set_by"], ["users.id"], name=op.f("fk_office_settings_set_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_settings")),
    )
    with op.batch_alter_table("office_settings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_office_settings_key"), ["key"], unique=False)

    op.create_table(
        "staff_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.String(64), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_staff_links_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_links")),
    )
    with op.batch_alter_table("staff_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_links_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_staff_links_active",
            ["channel", "address_index"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "staff_preferences",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("telegram", sa.Boolean(), nullable=False),
        sa.Column("webhook", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("digest_at", sa.Time(), nullable=True),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_to", sa.Time(), nullable=True),
        sa.Column("last_digest_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_staff_preferences_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_staff_preferences")),
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(80), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("reference", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_attachments_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound_messages.id"], name=op.f("fk_attachments_inbound_id_inbound_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachments_inbound_id"), ["inbound_id"], unique=False)

    op.create_table(
        "calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.String(64), nullable=True),
        sa.Column("notes", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("conversation_id", sa.String(80), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(24), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_calls_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_calls_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calls_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("key", name=op.f("uq_calls_key")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calls_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_phone_index"), ["phone_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_user_id"), ["user_id"], unique=False)

    op.create_table(
        "household_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("key_index", sa.String(64), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("conversation_id", sa.String(80), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_household_keys_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_household_keys_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_household_keys_household_id_households")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_keys")),
        sa.UniqueConstraint(
            "household_id",
            "kind",
            "key_index",
            "conversation_id",
            name=op.f("uq_household_keys_household_id_kind_key_index_conversation_id"),
        ),
    )
    with op.batch_alter_table("household_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_household_keys_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_household_keys_household_id"), ["household_id"], unique=False)
        batch_op.create_index("ix_household_keys_lookup", ["kind", "key_index"], unique=False)

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("id_number", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("id_number_index", sa.String(64), nullable=True))
        batch_op.add_column(sa.Column("household_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_cases_household_id"), ["household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cases_id_number_index"), ["id_number_index"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_cases_household_id_households"), "households", ["household_id"], ["id"]
        )

    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("human_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("human_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("address", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("household_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_conversations_household_id"), ["household_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_conversations_human_by_users"), "users", ["human_by"], ["id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_conversations_household_id_households"), "households", ["household_id"], ["id"]
        )

    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("digested", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_tasks_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_status"), ["status"], unique=False)

    op.create_index("ix_outbox_recipient", "outbox", ["recipient", "sent_at"], unique=False)

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("phone", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("phone")

    op.drop_index("ix_outbox_recipient", table_name="outbox")
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tasks_status"))
        batch_op.drop_index(batch_op.f("ix_tasks_due_at"))
        batch_op.drop_column("taken_until")
        batch_op.drop_column("due_at")

    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.drop_column("digested")
        batch_op.drop_column("urgent")

    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_conversations_household_id_households"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_conversations_human_by_users"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_conversations_household_id"))
        batch_op.drop_column("household_id")
        batch_op.drop_column("address")
        batch_op.drop_column("human_until")
        batch_op.drop_column("human_by")

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_cases_household_id_households"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_cases_id_number_index"))
        batch_op.drop_index(batch_op.f("ix_cases_household_id"))
        batch_op.drop_column("household_id")
        batch_op.drop_column("id_number_index")
        batch_op.drop_column("id_number")

    with op.batch_alter_table("household_keys", schema=None) as batch_op:
        batch_op.drop_index("ix_household_keys_lookup")
        batch_op.drop_index(batch_op.f("ix_household_keys_household_id"))
        batch_op.drop_index(batch_op.f("ix_household_keys_conversation_id"))

    op.drop_table("household_keys")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calls_user_id"))
        batch_op.drop_index(batch_op.f("ix_calls_phone_index"))
        batch_op.drop_index(batch_op.f("ix_calls_case_id"))

    op.drop_table("calls")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachments_inbound_id"))
        batch_op.drop_index(batch_op.f("ix_attachments_conversation_id"))

    op.drop_table("attachments")
    op.drop_table("staff_preferences")
    with op.batch_alter_table("staff_links", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_staff_links_active",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_staff_links_user_id"))

    op.drop_table("staff_links")
    with op.batch_alter_table("office_settings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_office_settings_key"))

    op.drop_table("office_settings")
    with op.batch_alter_table("link_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_codes_user_id"))

    op.drop_table("link_codes")
    with op.batch_alter_table("household_matches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_household_matches_second_id"))
        batch_op.drop_index(batch_op.f("ix_household_matches_first_id"))

    op.drop_table("household_matches")
    with op.batch_alter_table("households", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_households_merged_into"))
        batch_op.drop_index(batch_op.f("ix_households_area_id"))

    op.drop_table("households")
    op.drop_table("leases")
    with op.batch_alter_table("channel_updates", schema=None) as batch_op:
        batch_op.drop_index("ix_channel_updates_pending")
        batch_op.drop_index(batch_op.f("ix_channel_updates_chat"))

    op.drop_table("channel_updates")
