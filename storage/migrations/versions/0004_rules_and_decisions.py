"""Rules with thresholds, products, digests and quiet hours; decisions, open alerts, silences; trials and excess seen"""

from typing import Any

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import storage.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_json = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
_moment = storage.types.UtcDateTime(timezone=True)
_ordered = sa.String().with_variant(sa.String(collation="C"), "postgresql")

_WERE_DEFAULT = ["suspended", "expired", "overage", "setup", "inactive", "expiry", "renewal"]
_ARE_DEFAULT = [
    *_WERE_DEFAULT,
    *("trial_started", "trial_extended", "trial_ended", "trial_converted", "overage_grew"),
    *("calls_fell", "poor_legs", "abandoned_calls", "report_failed", "data_stale", "import_rejected"),
]


def upgrade() -> None:
    _rules()
    with op.batch_alter_table("event") as event:
        event.alter_column("org_id", existing_type=_text(), nullable=True)
        event.add_column(sa.Column("room_id", _text(), nullable=True))
        event.create_foreign_key("fk_event_room_id", "space", ["room_id"], ["room_id"], ondelete="CASCADE")
        event.drop_index("ix_event_org_id")
        event.create_index("ix_event_changes", ["org_id", "kind", "at"])
        event.create_index("ix_event_at", ["at"])
    op.create_index("ix_told_at", "told", ["room_id", "at"])
    op.create_index("ix_outbox_target", "outbox", ["target", "created_at"])
    op.create_table("tick", sa.Column("at", _moment, nullable=False), sa.PrimaryKeyConstraint("at"))
    op.create_table(
        "seen_trial",
        sa.Column("subscription_id", _text(), nullable=False),
        sa.Column("org_id", _text(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("products", _json, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["customer.org_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("subscription_id"),
    )
    op.create_index("ix_seen_trial_org_id", "seen_trial", ["org_id"])
    op.create_table(
        "excess",
        sa.Column("subscription_id", _text(), nullable=False),
        sa.Column("product", _ordered, nullable=False),
        sa.Column("org_id", _text(), nullable=False),
        sa.Column("licences", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscription.subscription_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("subscription_id", "product"),
    )
    op.create_index("ix_excess_org_id", "excess", ["org_id"])
    _decisions()


def _rules() -> None:
    for column in (
        sa.Column("products", _json, server_default="[]", nullable=False),
        sa.Column("every", _text(), server_default="now", nullable=False),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("at", sa.Time(), nullable=True),
        sa.Column("digested_until", _moment, nullable=True),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("hourly_cap", sa.Integer(), nullable=True),
        sa.Column("changed_at", _moment, nullable=True),
    ):
        op.add_column("rule", column)
    rule = sa.table("rule", sa.column("id"), sa.column("events", _json), sa.column("thresholds", _json))
    connection = op.get_bind()
    for row in connection.execute(sa.select(rule)).all():
        connection.execute(
            rule.update()
            .where(rule.c.id == row.id)
            .values(
                events=_ARE_DEFAULT if row.events == _WERE_DEFAULT else row.events,
                thresholds=_by_kind(row.thresholds),
            )
        )


def _by_kind(days: Any) -> Any:
    return {"expiry": days, "renewal": days} if isinstance(days, list) else days


def _decisions() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("room_id", _text(), nullable=False),
        sa.Column("org_id", _text(), nullable=True),
        sa.Column("key", _text(), nullable=False),
        sa.Column("rules", _json, nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=True),
        sa.Column("fate", _text(), nullable=False),
        sa.Column("stage", _text(), nullable=False),
        sa.Column("reason", _text(), nullable=False),
        sa.Column("detail", _json, nullable=False),
        sa.Column("due_at", _moment, nullable=True),
        sa.Column("cause", _text(), nullable=True),
        sa.Column("decided_at", _moment, nullable=False),
        sa.Column("trail", _json, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["room_id"], ["space.room_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event_id", "room_id"),
    )
    op.create_index("ix_decision_fate", "decision", ["fate", "room_id"])
    op.create_index("ix_decision_org", "decision", ["org_id", "room_id"])
    op.create_index("ix_decision_room_id", "decision", ["room_id"])
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", _text(), nullable=False),
        sa.Column("org_id", _text(), nullable=True),
        sa.Column("kind", _text(), nullable=False),
        sa.Column("key", _text(), nullable=False),
        sa.Column("subscription_id", _text(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("threshold", sa.Integer(), nullable=True),
        sa.Column("state", _json, nullable=False),
        sa.Column("opened_at", _moment, nullable=False),
        sa.Column("told_at", _moment, nullable=False),
        sa.Column("closed_at", _moment, nullable=True),
        sa.Column("cause", _text(), nullable=False),
        sa.Column("last_cause", _text(), nullable=False),
        sa.Column("acknowledged_at", _moment, nullable=True),
        sa.Column("acknowledged_by", _text(), nullable=True),
        sa.Column("reason", _text(), nullable=True),
        sa.Column("snoozed_until", _moment, nullable=True),
        sa.Column("snoozed_by", _text(), nullable=True),
        sa.Column("snoozed_at", _json, nullable=True),
        sa.Column("assigned_to", _text(), nullable=True),
        sa.Column("assigned_by", _text(), nullable=True),
        sa.Column("escalate_to", _text(), nullable=True),
        sa.Column("escalate_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["customer.org_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["room_id"], ["space.room_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("room_id", "key"),
    )
    op.create_index("ix_alert_open", "alert", ["room_id", "closed_at"])
    op.create_index("ix_alert_thing", "alert", ["org_id", "kind", "closed_at"])
    op.create_index("ix_alert_escalate_at", "alert", ["escalate_at"])
    op.create_table(
        "silence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", _text(), nullable=False),
        sa.Column("org_id", _text(), nullable=True),
        sa.Column("where", _text(), nullable=False),
        sa.Column("kinds", _json, nullable=False),
        sa.Column("begins_at", _moment, nullable=False),
        sa.Column("until", _moment, nullable=False),
        sa.Column("reason", _text(), nullable=True),
        sa.Column("created_by", _text(), nullable=False),
        sa.Column("created_at", _moment, nullable=False),
        sa.Column("ended_by", _text(), nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["customer.org_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["room_id"], ["space.room_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_silence_room_id", "silence", ["room_id"])
