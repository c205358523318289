"""Rules name no more the event of rejected imports, which nobody raises any longer"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_GONE = "import_rejected"


def upgrade() -> None:
    rule = sa.table("rule", sa.column("id", sa.Integer()), sa.column("events", sa.JSON()))
    connection = op.get_bind()
    for number, events in connection.execute(sa.select(rule.c.id, rule.c.events)).all():
        if _GONE in events:
            left = [event for event in events if event != _GONE]
            connection.execute(sa.update(rule).where(rule.c.id == number).values(events=left))
