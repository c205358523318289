"""Alerts that nobody acknowledged are told again, and to a person who was named"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import storage.types

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.add_column("rule", sa.Column("repeat_hours", sa.Integer(), nullable=True))
    op.add_column("rule", sa.Column("escalate_to", _text(), nullable=True))
    op.add_column("rule", sa.Column("escalate_hours", sa.Integer(), nullable=True))
    op.add_column("alert", sa.Column("repeat_hours", sa.Integer(), nullable=True))
    op.add_column("alert", sa.Column("repeat_at", storage.types.UtcDateTime(timezone=True), nullable=True))
    op.create_index("ix_alert_repeat_at", "alert", ["repeat_at"])
