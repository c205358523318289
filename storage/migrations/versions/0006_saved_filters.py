"""Saved filters"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import storage.types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("owner", _text(), nullable=False),
        sa.Column("key", _text(), nullable=False),
        sa.Column("name", _text(), nullable=False),
        sa.Column("terms", _text(), nullable=False),
        sa.Column("saved_by", _text(), nullable=False),
        sa.Column("saved_at", storage.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "key"),
    )
