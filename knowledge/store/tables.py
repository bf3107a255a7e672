"""The tables. Private to the store: everyone else sees the values of `knowledge`.

``district_id`` is in every key, so that no query can be written that forgets whose row it asks for.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from typing_extensions import override

if TYPE_CHECKING:
    from sqlalchemy import Dialect


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime. SQLite keeps no zone and would hand back a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_result_value(self, value: datetime | None, dialect: "Dialect") -> datetime | None:
        """Say that what was stored is UTC."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

guideline_versions = Table(
    "guideline_versions",
    metadata,
    Column("district_id", String(40), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("source_name", Text, nullable=False),
    Column("source_text", Text, nullable=False),
    Column("imported_at", Moment, nullable=False),
    Column("published_at", Moment),
    Column("effective_on", Date),
)

clauses = Table(
    "clauses",
    metadata,
    Column("district_id", String(40), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("clause_id", String(300), nullable=False),
    Column("section_path", JSON, nullable=False),
    Column("lead_in", Text),
    Column("text", Text, nullable=False),
    Column("starts_at_character", Integer, nullable=False),
    Column("ends_at_character", Integer, nullable=False),
    Column("modality", String(20), nullable=False),
    Column("scope", String(40), nullable=False),
    Column("referenced", JSON, nullable=False),
    ForeignKeyConstraint(
        ["district_id", "version"], ["guideline_versions.district_id", "guideline_versions.version"], ondelete="CASCADE"
    ),
    UniqueConstraint("district_id", "version", "clause_id"),
)

questions = Table(
    "questions",
    metadata,
    Column("district_id", String(40), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("asked_at", Moment, nullable=False),
    Column("platform", String(20), nullable=False),
    Column("conversation_key", String(64), nullable=False),
    Column("asker_key", String(64), nullable=False, server_default=""),
    Column("event_key", String(200), nullable=False),
    Column("masked_text", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("verdict", String(30)),
    Column("abstained", Boolean, nullable=False),
    Column("cover", Float, nullable=False),
    Column("escalate", Boolean, nullable=False),
    Column("urgency", String(20)),
    Column("guideline_version", Integer, nullable=False),
    Column("model", String(64), nullable=False),
    Column("clauses", JSON, nullable=False),
    Column("post", JSON(none_as_null=True)),
    UniqueConstraint("district_id", "event_key"),
    Index(None, "district_id", "conversation_key", "asked_at"),
    Index(None, "district_id", "asked_at"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("district_id", String(40), primary_key=True),
    Column("question_id", String(36), primary_key=True),
    Column("given_at", Moment, nullable=False),
    Column("helped", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    ForeignKeyConstraint(["district_id", "question_id"], ["questions.district_id", "questions.id"], ondelete="CASCADE"),
)

# ---------------------------------------------------------------- delivery: what came in, what must go out

inbox = Table(
    "inbox",
    metadata,
    Column("district_id", String(40), primary_key=True),
    Column("event_key", String(200), primary_key=True),
    Column("received_at", Moment, nullable=False),
    Column("state", String(20), nullable=False),
    Column("payload", JSON(none_as_null=True)),
    Column("attempts", Integer, nullable=False),
    Column("lease_token", String(36)),
    Column("lease_until", Float),
    Column("finished_at", Moment),
    Index(None, "state", "lease_until"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("district_id", String(40), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("platform", String(20), nullable=False),
    Column("address", Text, nullable=False),
    Column("lane", String(300), nullable=False),
    Column("lane_position", Integer, nullable=False),
    Column("card", String(200), nullable=False),
    # A card of the same conversation under which the message is said; empty where it stands for itself.
    Column("thread", String(200), nullable=False),
    # For a reminder, what it belongs to; for a message, who wants to know whether it arrived.
    Column("subject", String(200), nullable=False),
    Column("payload", JSON(none_as_null=True)),
    Column("created_at", Moment, nullable=False),
    Column("due", Float, nullable=False),
    # For a reminder, how long it was to wait when it was written: a short wait goes by a steady clock.
    Column("wait_seconds", Float),
    Column("state", String(20), nullable=False),
    Column("maybe_sent", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_token", String(36)),
    Column("lease_until", Float),
    Column("last_error", String(100), nullable=False),
    Column("message_id", Text),
    # A message of the same conversation that was there before this one can have been posted: nobody need look further back.
    Column("looks_back_to", Text),
    Column("finished_at", Moment),
    UniqueConstraint("district_id", "lane", "lane_position"),
    Index("ix_outbox_state_due", "state", "due"),
    Index("ix_outbox_subject", "district_id", "subject"),
    Index("ix_outbox_conversation", "district_id", "platform", "address", "state", "finished_at"),
)

# Where a card stands, so that it can be edited: the platform's own name of the message.
cards = Table(
    "cards",
    metadata,
    Column("district_id", String(40), primary_key=True),
    Column("platform", String(20), primary_key=True),
    Column("address", String(400), primary_key=True),
    Column("card", String(200), primary_key=True),
    Column("message_id", Text, nullable=False),
)

# What the local page shows: the conversations of a platform that keeps none of its own.
local_messages = Table(
    "local_messages",
    metadata,
    # Counts changes: a message that is edited gets a new one, by which pages see it.
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    # The number that the message had when it was first said, by which it is named; null while it has it still.
    Column("position", BigInteger),
    Column("district_id", String(40), nullable=False),
    Column("address", String(200), nullable=False),
    Column("delivery_key", String(36), nullable=False),
    # Position of the message under which it was said; null where it stands for itself.
    Column("thread_position", BigInteger),
    Column("said_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("payload", JSON, nullable=False),
    UniqueConstraint("district_id", "address", "delivery_key"),
    Index("ix_local_messages_number", "district_id", "address", "number"),
    Index("ix_local_messages_position", "district_id", "address", "position"),
    # A number once given is never given again, even where every message was forgotten: pages count by it.
    sqlite_autoincrement=True,
)

# ---------------------------------------------------------------- people

people = Table(
    "people",
    metadata,
    Column("district_id", String(40), primary_key=True),
    Column("platform", String(20), primary_key=True),
    Column("person_id", String(200), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("email", String(254), nullable=False),
    # The form in which two spellings of an address are equal; empty where the platform did not say one.
    Column("email_key", String(254), nullable=False),
    Column("address", Text, nullable=False),
    Column("standing", String(20), nullable=False),
    # ",admin services,": by it an office is found to be told something. Rights are never read from here.
    Column("roles", String(200), nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Index("ix_people_email_key", "district_id", "email_key"),
)

# ---------------------------------------------------------------- filings and the registry

filings = Table(
    "filings",
    metadata,
    Column("district_id", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", String(30), nullable=False),
    Column("state", String(20), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("filed_at", Moment, nullable=False),
    Column("filer", JSON, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("account_number", Integer),
    Column("force", String(20), nullable=False),
    Column("clause_id", String(300), nullable=False),
    Column("guideline_version", Integer, nullable=False),
    Column("same_key", String(64)),
    Column("decided_at", Moment),
    Column("decided_by", JSON(none_as_null=True)),
    Column("reason", Text, nullable=False),
    # Null once a filing is closed, so that the same thing can be filed anew; two nulls are never equal.
    UniqueConstraint("district_id", "same_key"),
    Index("ix_filings_state", "district_id", "state"),
    Index("ix_filings_account", "district_id", "account_number"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("district_id", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("platform", String(40), nullable=False),
    Column("handle", String(120), nullable=False),
    Column("address_key", String(200)),
    Column("organization", String(200), nullable=False),
    Column("status", String(30), nullable=False),
    Column("guideline_version", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    # Null where the account has no address yet or is closed.
    UniqueConstraint("district_id", "address_key"),
    Index("ix_accounts_status", "district_id", "status"),
)

administrators = Table(
    "administrators",
    metadata,
    Column("district_id", String(40), primary_key=True),
    Column("account_number", Integer, primary_key=True),
    Column("email", String(254), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("state", String(20), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    ForeignKeyConstraint(["district_id", "account_number"], ["accounts.district_id", "accounts.number"]),
    Index("ix_administrators_email", "district_id", "email"),
)

tasks = Table(
    "tasks",
    metadata,
    Column("district_id", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", String(30), nullable=False),
    Column("account_number", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("closed_at", Moment),
    # "below_minimum/12" while it is open, null afterwards: one open task of a kind for an account.
    Column("open_key", String(60)),
    UniqueConstraint("district_id", "open_key"),
)

# Append-only: the database itself refuses to change or delete a row (migration 0003).
changes = Table(
    "changes",
    metadata,
    # Counts over all districts: a number of its own for each would make every writer wait for the others.
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("district_id", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", JSON, nullable=False),
    Column("what", String(40), nullable=False),
    Column("subject", String(60), nullable=False),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Index("ix_changes_subject", "district_id", "subject", "number"),
    sqlite_autoincrement=True,
)

# ---------------------------------------------------------------- cases and precedents

cases = Table(
    "cases",
    metadata,
    Column("district_id", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("opener", JSON, nullable=False),
    Column("summary", Text, nullable=False),
    Column("links", JSON, nullable=False),
    Column("platform", String(40), nullable=False),
    Column("account_number", Integer),
    Column("school", String(200), nullable=False),
    Column("clause_ids", JSON, nullable=False),
    Column("guideline_version", Integer, nullable=False),
    # Null for a case that came of no question, so that a question is brought before the specialist once.
    Column("question_id", String(36)),
    Column("turn", Integer, nullable=False),
    Column("claimed_by", JSON(none_as_null=True)),
    Column("claimed_at", Moment),
    Column("first_claimed_at", Moment),
    Column("active_at", Moment, nullable=False),
    Column("resolved_by", JSON(none_as_null=True)),
    Column("resolved_at", Moment),
    Column("outcome", String(20)),
    Column("ruling", Text, nullable=False),
    Column("joined_to", Integer),
    UniqueConstraint("district_id", "question_id"),
    Index("ix_cases_state", "district_id", "state"),
    Index("ix_cases_opened_at", "district_id", "opened_at"),
)

case_timeline = Table(
    "case_timeline",
    metadata,
    Column("district_id", String(40), primary_key=True),
    Column("case_number", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("step", String(20), nullable=False),
    Column("who", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("arrivals", JSON, nullable=False),
    ForeignKeyConstraint(["district_id", "case_number"], ["cases.district_id", "cases.number"]),
)

precedents = Table(
    "precedents",
    metadata,
    Column("district_id", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("question", Text, nullable=False),
    Column("ruling", Text, nullable=False),
    Column("rests_on", JSON, nullable=False),
    Column("ruled_by", JSON, nullable=False),
    Column("ruled_at", Moment, nullable=False),
    Column("case_number", Integer, nullable=False),
    Column("withdrawn_at", Moment),
)

# ---------------------------------------------------------------- Teams

teams_conversations = Table(
    "teams_conversations",
    metadata,
    Column("district_id", String(40), primary_key=True),
    # By which the rest of Postwise knows the conversation; opaque to it.
    Column("address", String(400), primary_key=True),
    Column("conversation_id", String(400), nullable=False),
    Column("service_url", String(400), nullable=False),
    Column("tenant_id", String(60), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("person_id", String(200), nullable=False),
    Column("member_id", String(200), nullable=False),
    Column("blocked", String(60), nullable=False),
    Column("seen_at", Moment, nullable=False),
)

teams_answers = Table(
    "teams_answers",
    metadata,
    Column("district_id", String(40), primary_key=True),
    Column("address", String(400), primary_key=True),
    Column("message_id", String(200), primary_key=True),
    Column("question_id", String(36), nullable=False),
    Column("posted_at", Moment, nullable=False),
    Index("ix_teams_answers_posted_at", "district_id", "posted_at"),
)

# ---------------------------------------------------------------- workspaces

# The rows of these tables belong to a workspace, before anybody has said whose district it is.
slack_installations = Table(
    "slack_installations",
    metadata,
    Column("team_id", String(40), primary_key=True),
    Column("team_name", String(200), nullable=False),
    Column("app_id", String(40), nullable=False),
    Column("bot_user_id", String(40), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("sealed_token", Text, nullable=False),
    Column("sealed_refresh_token", Text, nullable=False),
    Column("expires_at", Moment),
    Column("installed_by", String(40), nullable=False),
    Column("installed_at", Moment, nullable=False),
    # Whoever refreshes the token has it until then; the others go on with the one that is there.
    Column("refreshing_until", Float),
)

slack_workspaces = Table(
    "slack_workspaces",
    metadata,
    Column("team_id", String(40), primary_key=True),
    Column("district_id", String(40), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("tied_at", Moment, nullable=False),
    Index("ix_slack_workspaces_district_id", "district_id"),
)

# Only the hash of a state is kept: who reads the table can finish nobody's installation.
slack_install_states = Table(
    "slack_install_states",
    metadata,
    Column("state_hash", String(64), primary_key=True),
    Column("expires_at", Moment, nullable=False),
)
