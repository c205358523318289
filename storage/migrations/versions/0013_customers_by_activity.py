"""Customers by their last activity: who went quiet is found without a look at all"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_customer_last_admin_activity", "customer", ["last_admin_activity"])
