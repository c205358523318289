"""Changes of many customers at once, held until a person confirms them, and outages of sources"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import storage.types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_json = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
_moment = storage.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "held",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", _text(), nullable=False),
        sa.Column("what", _text(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("counts", _json, nullable=False),
        sa.Column("first_at", _moment, nullable=False),
        sa.Column("last_at", _moment, nullable=False),
        sa.Column("state", _text(), nullable=False),
        sa.Column("told_at", _moment, nullable=True),
        sa.Column("decided_at", _moment, nullable=True),
        sa.Column("decided_by", _text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_held_source", "held", ["source"])
    op.create_index("ix_held_state", "held", ["state"])
    op.create_table(
        "held_customer",
        sa.Column("held_id", sa.Integer(), nullable=False),
        sa.Column("org_id", _text(), nullable=False),
        sa.Column("facts", _json, nullable=False),
        sa.ForeignKeyConstraint(["held_id"], ["held.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["org_id"], ["customer.org_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("held_id", "org_id"),
    )
    op.create_table(
        "outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("since", _moment, nullable=False),
        sa.Column("sources", _json, nullable=False),
        sa.Column("told_at", _moment, nullable=False),
        sa.Column("over_at", _moment, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_outage_over_at", "outage", ["over_at"])
