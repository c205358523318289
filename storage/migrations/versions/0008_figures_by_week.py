"""Figures by week: licences, and Webex Calling"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import storage.types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_ordered = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_json = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
_moment = storage.types.UtcDateTime(timezone=True)

LICENCES = ("total", "assigned", "used", "unused", "available", "overage")
CALLING = (
    "calls",
    "minutes",
    "active_users",
    "users_by_calls_0",
    "users_by_calls_1_5",
    "users_by_calls_6_20",
    "users_by_calls_20",
    "legs",
    "poor_legs",
    "endpoints_app_legs",
    "endpoints_app_poor_legs",
    "endpoints_desk_phone_legs",
    "endpoints_desk_phone_poor_legs",
    "endpoints_room_device_legs",
    "endpoints_room_device_poor_legs",
    "endpoints_other_legs",
    "endpoints_other_poor_legs",
    "features_hunt_group",
    "features_auto_attendant",
    "features_call_queue",
    "queue_calls",
    "queue_answered",
    "queue_answer_seconds",
    "queue_abandoned",
    "queue_abandon_wait_seconds",
    "queue_timed_out",
    "queue_overflowed",
    "queue_transferred",
)


def _counts(names: tuple[str, ...]) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=True) for name in names]


def _customer() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["org_id"], ["customer.org_id"], ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "licence_week",
        sa.Column("org_id", _text(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("product", _ordered, nullable=False),
        *_counts(LICENCES),
        _customer(),
        sa.PrimaryKeyConstraint("org_id", "week", "product"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "licence_week_total",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("product", _ordered, nullable=False),
        sa.Column("region", _text(), nullable=False),
        sa.Column("figures", _json, nullable=False),
        sa.PrimaryKeyConstraint("week", "product", "region"),
    )
    op.create_table(
        "licence_week_built",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("week"),
    )
    op.create_table(
        "calling_week",
        sa.Column("org_id", _text(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        *_counts(CALLING),
        _customer(),
        sa.PrimaryKeyConstraint("org_id", "week"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_calling_week_calls", "calling_week", ["week", "calls"])
    op.create_index("ix_calling_week_poor", "calling_week", ["week", "poor_legs"])
    op.create_index("ix_calling_week_abandoned", "calling_week", ["week", "queue_abandoned"])
    op.create_table(
        "calling_total",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("region", _text(), nullable=False),
        sa.Column("figures", _json, nullable=False),
        sa.PrimaryKeyConstraint("week", "region"),
    )
    op.create_table(
        "calling_reading",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("read_at", _moment, nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("week"),
    )
    _empty_totals_when_customers_leave_or_move()


def _empty_totals_when_customers_leave_or_move() -> None:
    empty = "DELETE FROM licence_week_total; DELETE FROM calling_total;"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER customer_left AFTER DELETE ON customer BEGIN {empty} END")
        op.execute(
            "CREATE TRIGGER customer_moved AFTER UPDATE OF region ON customer "
            f"WHEN OLD.region IS NOT NEW.region BEGIN {empty} END"
        )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION empty_totals() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {empty} RETURN NULL; END $$"
    )
    op.execute("CREATE TRIGGER customer_left AFTER DELETE ON customer FOR EACH ROW EXECUTE FUNCTION empty_totals()")
    op.execute(
        "CREATE TRIGGER customer_moved AFTER UPDATE OF region ON customer FOR EACH ROW "
        "WHEN (OLD.region IS DISTINCT FROM NEW.region) EXECUTE FUNCTION empty_totals()"
    )
