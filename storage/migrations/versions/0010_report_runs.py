"""Reports that take a while"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import storage.types

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_json = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
_moment = storage.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "report_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cause", _text(), nullable=False),
        sa.Column("room_id", _text(), nullable=False),
        sa.Column("told_in", _text(), nullable=True),
        sa.Column("schedule_id", sa.Integer(), nullable=True),
        sa.Column("report", _text(), nullable=False),
        sa.Column("arguments", _json, nullable=False),
        sa.Column("parts", _json, nullable=False),
        sa.Column("state", _text(), nullable=False),
        sa.Column("created_by", _text(), nullable=False),
        sa.Column("created_at", _moment, nullable=False),
        sa.Column("next_look", _moment, nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("error", _text(), nullable=True),
        sa.ForeignKeyConstraint(["room_id"], ["space.room_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cause"),
    )
    op.create_index("ix_report_run_room_id", "report_run", ["room_id"])
    op.create_index("ix_report_run_state", "report_run", ["state"])
