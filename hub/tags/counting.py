"""How many customers and subscriptions have which tag."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session

from hub.names import fold
from hub.scope import Scope
from hub.tables import customer, customer_tag, subscription, subscription_tag


@dataclass(frozen=True)
class TagCount:
    """A tag, and how many have it."""

    tag: str
    customers: int
    subscriptions: int


def count_tags(session: Session, scope: Scope) -> list[TagCount]:
    """Count the tags of the customers that may be seen, and of their subscriptions; what many have comes first."""
    connection = session.connection()
    of_customers = (
        select(customer_tag.c.tag, func.count())
        .join_from(customer_tag, customer, customer.c.org_id == customer_tag.c.org_id)
        .where(scope.customers())
        .group_by(customer_tag.c.tag)
    )
    of_subscriptions = (
        select(subscription_tag.c.tag, func.count())
        .join_from(subscription_tag, subscription, subscription.c.subscription_id == subscription_tag.c.subscription_id)
        .join(customer, customer.c.org_id == subscription.c.org_id)
        .where(scope.customers())
        .group_by(subscription_tag.c.tag)
    )
    customers = {row[0]: row[1] for row in connection.execute(of_customers)}
    subscriptions = {row[0]: row[1] for row in connection.execute(of_subscriptions)}
    found = [TagCount(tag, customers.get(tag, 0), subscriptions.get(tag, 0)) for tag in customers | subscriptions]
    return sorted(found, key=lambda each: (-each.customers, -each.subscriptions, fold(each.tag), each.tag))
