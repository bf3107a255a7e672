"""Delivery, people, filings and the registry.

Revision: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_REFUSE_ON_SQLITE = """
CREATE TRIGGER changes_refuse_{action} BEFORE {action} ON changes
BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END
"""
_REFUSE_ON_POSTGRESQL = (
    """
CREATE FUNCTION changes_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the history is append-only'; END $$
""",
    "CREATE TRIGGER changes_refuse BEFORE UPDATE OR DELETE ON changes FOR EACH ROW EXECUTE FUNCTION changes_refuse()",
)


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("handle", sa.String(length=120), nullable=False),
        sa.Column("address_key", sa.String(length=200), nullable=True),
        sa.Column("organization", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("guideline_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("district_id", "number", name=op.f("pk_accounts")),
        sa.UniqueConstraint("district_id", "address_key", name=op.f("uq_accounts_district_id_address_key")),
    )
    op.create_index("ix_accounts_status", "accounts", ["district_id", "status"], unique=False)
    op.create_table(
        "cards",
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("card", sa.String(length=200), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "platform", "address", "card", name=op.f("pk_cards")),
    )
    op.create_table(
        "changes",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.JSON(), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_changes_subject", "changes", ["district_id", "subject", "number"], unique=False)
    op.create_table(
        "filings",
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filer", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("account_number", sa.Integer(), nullable=True),
        sa.Column("force", sa.String(length=20), nullable=False),
        sa.Column("clause_id", sa.String(length=300), nullable=False),
        sa.Column("guideline_version", sa.Integer(), nullable=False),
        sa.Column("same_key", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "number", name=op.f("pk_filings")),
        sa.UniqueConstraint("district_id", "same_key", name=op.f("uq_filings_district_id_same_key")),
    )
    op.create_index("ix_filings_account", "filings", ["district_id", "account_number"], unique=False)
    op.create_index("ix_filings_state", "filings", ["district_id", "state"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("event_key", sa.String(length=200), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.String(length=36), nullable=True),
        sa.Column("lease_until", sa.Float(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("district_id", "event_key", name=op.f("pk_inbox")),
    )
    op.create_index(op.f("ix_inbox_state_lease_until"), "inbox", ["state", "lease_until"], unique=False)
    op.create_table(
        "local_messages",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("delivery_key", sa.String(length=36), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_local_messages")),
        sa.UniqueConstraint(
            "district_id", "address", "delivery_key", name=op.f("uq_local_messages_district_id_address_delivery_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_local_messages_number", "local_messages", ["district_id", "address", "number"], unique=False)
    op.create_index(
        "ix_local_messages_position", "local_messages", ["district_id", "address", "position"], unique=False
    )
    op.create_table(
        "outbox",
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("lane", sa.String(length=300), nullable=False),
        sa.Column("lane_position", sa.Integer(), nullable=False),
        sa.Column("card", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("maybe_sent", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.String(length=36), nullable=True),
        sa.Column("lease_until", sa.Float(), nullable=True),
        sa.Column("last_error", sa.String(length=100), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("looks_back_to", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "district_id", "lane", "lane_position", name=op.f("uq_outbox_district_id_lane_lane_position")
        ),
    )
    op.create_index("ix_outbox_state_due", "outbox", ["state", "due"], unique=False)
    op.create_index(
        "ix_outbox_conversation",
        "outbox",
        ["district_id", "platform", "address", "state", "finished_at"],
        unique=False,
    )
    op.create_index("ix_outbox_subject", "outbox", ["district_id", "subject"], unique=False)
    op.create_table(
        "people",
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("roles", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "platform", "person_id", name=op.f("pk_people")),
    )
    op.create_index("ix_people_email_key", "people", ["district_id", "email_key"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("account_number", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_key", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("district_id", "number", name=op.f("pk_tasks")),
        sa.UniqueConstraint("district_id", "open_key", name=op.f("uq_tasks_district_id_open_key")),
    )
    op.create_table(
        "administrators",
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("account_number", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id", "account_number"],
            ["accounts.district_id", "accounts.number"],
            name=op.f("fk_administrators_accounts"),
        ),
        sa.PrimaryKeyConstraint("district_id", "account_number", "email", name=op.f("pk_administrators")),
    )
    op.create_index("ix_administrators_email", "administrators", ["district_id", "email"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for statement in _REFUSE_ON_POSTGRESQL:
            op.execute(statement)
    else:
        for action in ("UPDATE", "DELETE"):
            op.execute(_REFUSE_ON_SQLITE.format(action=action))


def downgrade() -> None:
    op.drop_index("ix_administrators_email", table_name="administrators")
    op.drop_table("administrators")
    op.drop_table("tasks")
    op.drop_index("ix_people_email_key", table_name="people")
    op.drop_table("people")
    op.drop_index("ix_outbox_subject", table_name="outbox")
    op.drop_index("ix_outbox_conversation", table_name="outbox")
    op.drop_index("ix_outbox_state_due", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index("ix_local_messages_position", table_name="local_messages")
    op.drop_index("ix_local_messages_number", table_name="local_messages")
    op.drop_table("local_messages")
    op.drop_index(op.f("ix_inbox_state_lease_until"), table_name="inbox")
    op.drop_table("inbox")
    op.drop_index("ix_filings_state", table_name="filings")
    op.drop_index("ix_filings_account", table_name="filings")
    op.drop_table("filings")
    op.drop_index("ix_changes_subject", table_name="changes")
    op.drop_table("changes")
    op.drop_table("cards")
    op.drop_index("ix_accounts_status", table_name="accounts")
    op.drop_table("accounts")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION changes_refuse()")
