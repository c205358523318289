"""Outlines of customers and running licences, kept ready for quick answers, and triggers that note what changed"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_ordered = sa.String().with_variant(sa.String(collation="C"), "postgresql")

WATCHED = {
    "customer": ("name", "region", "managed_by", "last_admin_activity"),
    "subscription": ("org_id", "type", "start_date", "end_date", "auto_renew", "invoice", "setup"),
    "licence": ("org_id", "total", "assigned", "used_7d", "used_3m"),
    "customer_tag": ("org_id", "tag"),
    "subscription_tag": ("subscription_id", "tag"),
    "assignment": ("org_id", "email"),
}
"""The columns that answers are made of."""


def upgrade() -> None:
    op.create_table(
        "changed_customer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("org_id", _text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "outlook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("expiring_soon_days", sa.Integer(), nullable=False),
        sa.Column("inactive_days", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "outline",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("org_id", _text(), nullable=False),
        sa.Column("name_folded", _ordered, nullable=False),
        sa.Column("region", _text(), nullable=True),
        sa.Column("managed_by", _text(), nullable=True),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("statuses", sa.Integer(), nullable=False),
        sa.Column("types", sa.Integer(), nullable=False),
        sa.Column("products", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("next_end", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("licenses", sa.Integer(), nullable=True),
        sa.Column("assigned", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("org_id"),
    )
    op.create_index("ix_outline_urgent", "outline", ["urgency", "ends", "name_folded", "org_id"])
    op.create_index("ix_outline_ends", "outline", ["ends", "name_folded", "org_id"])
    op.create_index("ix_outline_name", "outline", ["name_folded", "org_id"])
    op.create_table(
        "running_licence",
        sa.Column("subscription_id", _text(), nullable=False),
        sa.Column("product", _ordered, nullable=False),
        sa.Column("customer", sa.Integer(), nullable=False),
        sa.Column("type", _text(), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("auto_renew", sa.Boolean(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("assigned", sa.Integer(), nullable=True),
        sa.Column("used_7d", sa.Integer(), nullable=True),
        sa.Column("used_3m", sa.Integer(), nullable=True),
        sa.Column("ratio", sa.Float(), nullable=True),
        sa.Column("excess", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("subscription_id", "product"),
    )
    summed = ["customer", "total", "assigned", "used_7d"]
    op.create_index(
        "ix_running_end", "running_licence", ["end_date", "product", "type", "auto_renew", "start_date", *summed]
    )
    op.create_index("ix_running_start", "running_licence", ["start_date", "product", "end_date", "customer", "total"])
    op.create_index("ix_running_ratio", "running_licence", ["ratio", "product", *summed])
    op.create_index("ix_running_customer", "running_licence", ["customer"])
    over = sa.text("excess IS NOT NULL")
    op.create_index(
        "ix_running_over", "running_licence", ["excess", "product", *summed], sqlite_where=over, postgresql_where=over
    )
    op.create_table(
        "ratio_count",
        sa.Column("product", _ordered, nullable=False),
        sa.Column("ratio", sa.Float(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("product", "ratio"),
    )
    if op.get_bind().dialect.name == "sqlite":
        _watch_on_sqlite()
    else:
        _watch_on_postgresql()


def _noting(table: str, row: str) -> str:
    """The statement that notes whose a row is."""
    if table == "subscription_tag":
        owner = f"SELECT org_id FROM subscription WHERE subscription_id = {row}.subscription_id"  # noqa: S608
    else:
        owner = f"SELECT {row}.org_id"
    return f"INSERT INTO changed_customer (org_id) {owner};"


def _watch_on_sqlite() -> None:
    for table, columns in WATCHED.items():
        differs = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
        for name, when, noted in (
            ("added", "INSERT", ("NEW",)),
            ("removed", "DELETE", ("OLD",)),
            ("changed", f"UPDATE OF {', '.join(columns)}", ("OLD", "NEW")),
        ):
            only = f" WHEN {differs}" if name == "changed" else ""
            body = " ".join(_noting(table, row) for row in noted)
            op.execute(f"CREATE TRIGGER {table}_{name} AFTER {when} ON {table} FOR EACH ROW{only} BEGIN {body} END")


def _watch_on_postgresql() -> None:
    for function, table in (("note_customer", "customer"), ("note_tagged_subscription", "subscription_tag")):
        op.execute(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP <> 'INSERT' THEN {_noting(table, 'OLD')} END IF; "
            f"IF TG_OP <> 'DELETE' THEN {_noting(table, 'NEW')} END IF; "
            "RETURN NULL; END $$"
        )
    for table, columns in WATCHED.items():
        run = "note_tagged_subscription" if table == "subscription_tag" else "note_customer"
        differs = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
        op.execute(
            f"CREATE TRIGGER {table}_added_or_removed AFTER INSERT OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {run}()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_changed AFTER UPDATE OF {', '.join(columns)} ON {table} "
            f"FOR EACH ROW WHEN ({differs}) EXECUTE FUNCTION {run}()"
        )
