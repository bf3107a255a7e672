"""Who asked a question, as a keyed hash of that question alone.

Revision: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("questions", sa.Column("asker_key", sa.String(length=64), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("questions", "asker_key")
