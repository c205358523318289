"""Spaces that nothing reaches for now"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import storage.types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = storage.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "halt",
        sa.Column("target", _text(), nullable=False),
        sa.Column("reason", _text(), nullable=False),
        sa.Column("since", _moment, nullable=False),
        sa.Column("again_at", _moment, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("target"),
    )
