"""Access to Webex that is renewed while the service runs"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import storage.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = storage.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "credential",
        sa.Column("name", _text(), nullable=False),
        sa.Column("given", _text(), nullable=False),
        sa.Column("sealed", _text(), nullable=False),
        sa.Column("renewed_at", _moment, nullable=False),
        sa.Column("expires_at", _moment, nullable=False),
        sa.Column("refresh_expires_at", _moment, nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
