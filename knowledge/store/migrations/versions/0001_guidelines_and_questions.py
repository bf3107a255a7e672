"""Guidelines and questions.

Revision: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guideline_versions",
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("district_id", "version", name=op.f("pk_guideline_versions")),
    )
    op.create_table(
        "questions",
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("conversation_key", sa.String(length=64), nullable=False),
        sa.Column("event_key", sa.String(length=200), nullable=False),
        sa.Column("masked_text", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("verdict", sa.String(length=30), nullable=True),
        sa.Column("abstained", sa.Boolean(), nullable=False),
        sa.Column("cover", sa.Float(), nullable=False),
        sa.Column("escalate", sa.Boolean(), nullable=False),
        sa.Column("urgency", sa.String(length=20), nullable=True),
        sa.Column("guideline_version", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("clauses", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_questions")),
        sa.UniqueConstraint("district_id", "event_key", name=op.f("uq_questions_district_id_event_key")),
    )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_questions_district_id_asked_at"), ["district_id", "asked_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_questions_district_id_conversation_key_asked_at"),
            ["district_id", "conversation_key", "asked_at"],
            unique=False,
        )

    op.create_table(
        "clauses",
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("clause_id", sa.String(length=300), nullable=False),
        sa.Column("section_path", sa.JSON(), nullable=False),
        sa.Column("lead_in", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("starts_at_character", sa.Integer(), nullable=False),
        sa.Column("ends_at_character", sa.Integer(), nullable=False),
        sa.Column("modality", sa.String(length=20), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("referenced", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "version"],
            ["guideline_versions.district_id", "guideline_versions.version"],
            name=op.f("fk_clauses_guideline_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("district_id", "version", "position", name=op.f("pk_clauses")),
        sa.UniqueConstraint(
            "district_id", "version", "clause_id", name=op.f("uq_clauses_district_id_version_clause_id")
        ),
    )
    op.create_table(
        "feedback",
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("question_id", sa.String(length=36), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "question_id"],
            ["questions.district_id", "questions.id"],
            name=op.f("fk_feedback_questions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("district_id", "question_id", name=op.f("pk_feedback")),
    )
    op.create_table(
        "referrals",
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=36), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "number", name=op.f("pk_referrals")),
        sa.UniqueConstraint("district_id", "question_id", name=op.f("uq_referrals_district_id_question_id")),
    )


def downgrade() -> None:
    op.drop_table("referrals")
    op.drop_table("feedback")
    op.drop_table("clauses")
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_questions_district_id_conversation_key_asked_at"))
        batch_op.drop_index(batch_op.f("ix_questions_district_id_asked_at"))

    op.drop_table("questions")
    op.drop_table("guideline_versions")
