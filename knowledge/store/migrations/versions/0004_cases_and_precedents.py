"""Cases, precedents, threads. A referral becomes a case.

Revision: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Nobody knew then who had asked, nor whether the specialist has answered since: they come over as resolved, under their
# number, so that nobody is pinged for them and no number is given twice.
_REFERRALS_BECOME_CASES = """
INSERT INTO cases (district_id, number, kind, state, revision, opened_at, opener, summary, links, platform, school, clause_ids,
    guideline_version, question_id, turn, active_at, resolved_at, ruling)
SELECT r.district_id, r.number, 'question', 'resolved', 1, r.asked_at, '{"platform": "", "id": "", "name": "", "email": ""}',
    COALESCE(q.masked_text, ''), '[]', '', '', '[]', COALESCE(q.guideline_version, 1), r.question_id, 0, r.asked_at, r.asked_at, ''
FROM referrals r LEFT JOIN questions q ON q.district_id = r.district_id AND q.id = r.question_id
"""


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opener", sa.JSON(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("account_number", sa.Integer(), nullable=True),
        sa.Column("school", sa.String(length=200), nullable=False),
        sa.Column("clause_ids", sa.JSON(), nullable=False),
        sa.Column("guideline_version", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=36), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_by", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("ruling", sa.Text(), nullable=False),
        sa.Column("joined_to", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("district_id", "number", name=op.f("pk_cases")),
        sa.UniqueConstraint("district_id", "question_id", name=op.f("uq_cases_district_id_question_id")),
    )
    op.create_index("ix_cases_state", "cases", ["district_id", "state"], unique=False)
    op.create_index("ix_cases_opened_at", "cases", ["district_id", "opened_at"], unique=False)
    op.create_table(
        "case_timeline",
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("who", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("arrivals", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "case_number"], ["cases.district_id", "cases.number"], name=op.f("fk_case_timeline_cases")
        ),
        sa.PrimaryKeyConstraint("district_id", "case_number", "position", name=op.f("pk_case_timeline")),
    )
    op.create_table(
        "precedents",
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("ruling", sa.Text(), nullable=False),
        sa.Column("rests_on", sa.JSON(), nullable=False),
        sa.Column("ruled_by", sa.JSON(), nullable=False),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("district_id", "number", name=op.f("pk_precedents")),
    )
    op.add_column("outbox", sa.Column("thread", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("wait_seconds", sa.Float(), nullable=True))
    op.add_column("local_messages", sa.Column("thread_position", sa.BigInteger(), nullable=True))
    op.execute(_REFERRALS_BECOME_CASES)
    op.drop_table("referrals")


def downgrade() -> None:
    op.create_table(
        "referrals",
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=36), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "number", name=op.f("pk_referrals")),
        sa.UniqueConstraint("district_id", "question_id", name=op.f("uq_referrals_district_id_question_id")),
    )
    op.execute(
        "INSERT INTO referrals (district_id, number, question_id, asked_at) "
        "SELECT district_id, number, question_id, opened_at FROM cases WHERE question_id IS NOT NULL"
    )
    op.drop_column("local_messages", "thread_position")
    op.drop_column("outbox", "wait_seconds")
    op.drop_column("outbox", "thread")
    op.drop_table("precedents")
    op.drop_table("case_timeline")
    op.drop_index("ix_cases_opened_at", table_name="cases")
    op.drop_index("ix_cases_state", table_name="cases")
    op.drop_table("cases")
