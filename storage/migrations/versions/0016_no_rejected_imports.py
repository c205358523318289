"""Rules ask for no rejected imports any more: whoever imported is told at once"""

import sqlalchemy as sa
from alembic import op

from storage.types import Json

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_GONE = "import_rejected"


def upgrade() -> None:
    rule = sa.table("rule", sa.column("id", sa.Integer), sa.column("events", Json))
    connection = op.get_bind()
    for number, events in connection.execute(sa.select(rule.c.id, rule.c.events)).all():
        if _GONE in events:
            kept = [event for event in events if event != _GONE]
            connection.execute(sa.update(rule).where(rule.c.id == number).values(events=kept))
