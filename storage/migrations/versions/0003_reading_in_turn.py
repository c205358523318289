"""Reading the sources in turn, customers that are gone, deeds done once, and trials that are awaited"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import storage.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_json = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
_moment = storage.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("customer", sa.Column("listed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("customer", sa.Column("absent_since", _moment, nullable=True))
    op.add_column("customer", sa.Column("licences_tried_at", _moment, nullable=True))
    op.create_index("ix_customer_licences_tried_at", "customer", ["licences_tried_at"])
    op.add_column("source", sa.Column("since", _moment, nullable=True))
    op.add_column("source", sa.Column("left_out", _json, server_default="[]", nullable=False))
    op.create_table(
        "departed",
        sa.Column("org_id", _text(), nullable=False),
        sa.Column("name", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("at", _moment, nullable=False),
        sa.PrimaryKeyConstraint("org_id"),
    )
    op.create_table(
        "deed",
        sa.Column("key", _text(), nullable=False),
        sa.Column("at", _moment, nullable=False),
        sa.Column("who", _text(), nullable=False),
        sa.Column("outcome", _json, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "awaited_trial",
        sa.Column("key", _text(), nullable=False),
        sa.Column("company", _text(), nullable=False),
        sa.Column("company_folded", _text(), nullable=False),
        sa.Column("request", _json, nullable=False),
        sa.Column("who", _text(), nullable=False),
        sa.Column("room_id", _text(), nullable=False),
        sa.Column("asked_at", _moment, nullable=False),
        sa.Column("lapses_at", _moment, nullable=False),
        sa.Column("state", _text(), nullable=False),
        sa.Column("org_id", _text(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_awaited_trial_state", "awaited_trial", ["state"])
