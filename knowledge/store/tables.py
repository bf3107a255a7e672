"""The tables. Private to the store: everyone else sees the values of `knowledge`.

``district_id`` is in every key, so that no query can be written that forgets whose row it asks for.
"""

from sqlalchemy import (
    JSON,
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
    UniqueConstraint,
)

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
    Column("imported_at", DateTime(timezone=True), nullable=False),
    Column("published_at", DateTime(timezone=True)),
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
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("platform", String(20), nullable=False),
    Column("conversation_key", String(64), nullable=False),
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
    Column("given_at", DateTime(timezone=True), nullable=False),
    Column("helped", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    ForeignKeyConstraint(["district_id", "question_id"], ["questions.district_id", "questions.id"], ondelete="CASCADE"),
)

# A referral outlives its question, so that its number is never given to another.
referrals = Table(
    "referrals",
    metadata,
    Column("district_id", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("question_id", String(36), nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("district_id", "question_id"),
)
