"""Processes that share a database, and what each has claimed"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import storage.types

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = storage.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "replica",
        sa.Column("id", _text(), nullable=False),
        sa.Column("kind", _text(), nullable=False),
        sa.Column("started_at", _moment, nullable=False),
        sa.Column("until", _moment, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "duty",
        sa.Column("name", _text(), nullable=False),
        sa.Column("owner", _text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.add_column("inbox", sa.Column("owner", _text(), nullable=True))
    op.add_column("inbox", sa.Column("lane", _text(), nullable=True))
    op.add_column("outbox", sa.Column("owner", _text(), nullable=True))
    op.create_index(
        "ux_outbox_sending",
        "outbox",
        ["target"],
        unique=True,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
