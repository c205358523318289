"""What both the service and the command line are built from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.people import People
from bot.settings import ROLES_REMEMBERED, Settings
from commands import registry
from commands.context import Services
from commands.health import Check
from commands.registry import Registry
from hub.feed import FeedClient
from hub.resources import load as load_resources
from hub.sync import Freshness
from hub.tokens import RenewedTokens
from hub.webex import PartnerClient
from notifications.audience import Audience
from storage import Database


@dataclass(frozen=True)
class Parts:
    """The database, the clients of the sources, the commands, and who people are."""

    settings: Settings
    database: Database
    partner: PartnerClient | None
    access: RenewedTokens | None
    """Administrator access that is renewed; None where it is a fixed token, or none."""
    feed: FeedClient | None
    services: Services
    registry: Registry
    people: People

    def close(self) -> None:
        """Give back connections."""
        for client in (self.partner, self.access, self.feed):
            if client is not None:
                client.close()
        self.database.close()


def assemble(
    settings: Settings,
    clock: Callable[[], datetime],
    health: Callable[[datetime], Sequence[Check]] = lambda _now: (),
    audiences: Callable[[str], Audience] | None = None,
    wake: Callable[[], None] = lambda: None,
) -> Parts:
    """Build everything that needs no Webex messaging; the database is created and brought up to date.

    Raises:
        UnusableResources: the file with links and guidance cannot be used.
        DatabaseUnusable: it cannot be opened.
    """
    resources = load_resources(settings.resources)
    database = Database(settings.database_url)
    database.upgrade()
    access = RenewedTokens(database, settings.rest_url, settings.grant, clock) if settings.grant else None
    token = access or (settings.admin_token and settings.admin_token.get_secret_value())
    partner = PartnerClient(settings.rest_url, token) if token else None
    feed = (
        FeedClient(settings.feed_url, settings.feed_token.get_secret_value() if settings.feed_token else None)
        if settings.feed_url
        else None
    )
    people = People(database, partner, settings.roles, remember=ROLES_REMEMBERED)
    services = Services(
        database=database,
        partner=partner,
        feed=feed,
        files=settings.files,
        byte_order_mark=settings.report_byte_order_mark,
        most_bytes=int(settings.report_megabytes * 1_000_000),
        control_hub=settings.control_hub,
        resources=resources,
        thresholds=settings.thresholds,
        pacing=settings.pacing,
        longest_trials=settings.longest_trials,
        import_bytes=settings.import_megabytes * 1_000_000,
        awaited_trial_days=settings.awaited_trial_days,
        region_code=lambda region: settings.region_codes.get(region, region),
        stale_since=Freshness(database, settings.watch_seconds).stale_since,
        health=health,
        longest_silence=timedelta(days=settings.longest_silence_days),
        audiences=audiences or (lambda email: Audience.of_one(people.member(email, clock()))),
        wake=wake,
    )
    return Parts(settings, database, partner, access, feed, services, registry(), people)
