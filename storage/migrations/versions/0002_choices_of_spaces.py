"""A space's and a person's products, and spaces open to colleagues"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("products", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column("space", sa.Column("products", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column("space", sa.Column("open_to_colleagues", sa.Boolean(), server_default=sa.false(), nullable=False))
