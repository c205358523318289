"""What is kept of a report that was made, templates of people's own, and weeks that the usage report was asked for"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import storage.types

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_json = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
_moment = storage.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    for column in (
        sa.Column("ended_at", _moment, nullable=True),
        sa.Column("likeness", _text(), nullable=True),
        sa.Column("files", _json, nullable=True),
        sa.Column("audience", _json, nullable=True),
    ):
        op.add_column("report_run", column)
    op.create_table(
        "report_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", _text(), nullable=False),
        sa.Column("key", _text(), nullable=False),
        sa.Column("name", _text(), nullable=False),
        sa.Column("base", _text(), nullable=False),
        sa.Column("columns", _json, nullable=False),
        sa.Column("where", _text(), nullable=False),
        sa.Column("region", _text(), nullable=True),
        sa.Column("created_by", _text(), nullable=False),
        sa.Column("created_at", _moment, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_report_template_owner", "report_template", ["owner"])
    op.create_table(
        "usage_week",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("parts", _json, nullable=False),
        sa.Column("asked_at", _moment, nullable=False),
        sa.Column("next_look", _moment, nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("read_at", _moment, nullable=True),
        sa.Column("error", _text(), nullable=True),
        sa.PrimaryKeyConstraint("week"),
    )
