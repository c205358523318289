"""Tags that are kept here until Webex knows them"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("customer_tag", "subscription_tag"):
        op.add_column(table, sa.Column("kept_here", sa.Boolean(), server_default=sa.false(), nullable=False))
