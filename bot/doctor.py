"""`partnerbot doctor`: looks at everything the service needs, and says how to mend what is wrong.

Nothing is changed, nothing is posted; Webex and the feed are only read, with one short request for each purpose.
"""

import shutil
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import httpx
from sqlalchemy.engine import make_url
from webex_bot.websockets.webex_websocket_client import DEFAULT_U2C_URL

from bot.settings import Settings
from hub.errors import HubError
from hub.ids import last_part
from hub.tokens import Bearer, FixedToken, RenewedTokens, Tokens
from hub.webex import ROLES
from storage import Database, DatabaseUnusable

CLOCK_TOLERANCE = timedelta(seconds=30)
"""How far our clock may be from Webex's: "today" and due times depend on it."""
DISK_BYTES = 1_000_000_000
"""Less free space than this is worth a warning."""


class Outcome(StrEnum):
    """What came of a look."""

    GOOD = "good"
    WARNING = "warning"
    FAULT = "fault"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was seen, and, where something is wrong, how to mend it."""

    what: str
    outcome: Outcome
    seen: str
    mend: str = ""


@dataclass(frozen=True)
class Probe:
    """One request that shows whether a token may do what the service does with it."""

    what: str
    path: str
    scope: str
    needed: bool = True
    """The service cannot work without it."""


ADMINISTRATOR = (
    Probe("organizations", "organizations", "spark-admin:organizations_read"),
    Probe("licences", "licenses", "spark-admin:licenses_read"),
    Probe("people and their roles", "people?max=1", "spark-admin:people_read"),
    Probe("roles", "roles", "spark-admin:roles_read"),
    Probe("tags", "partner/tags?type=ORGANIZATION", "spark-admin:organizations_read"),
    Probe(
        "partner reports",
        "partner/reports/templates",
        "spark-admin:reports_read and identity:people_read",
        needed=False,
    ),
)
FEED = (
    Probe("customers", "customers?max=1", "customers"),
    Probe("subscriptions", "subscriptions?max=1", "subscriptions"),
    Probe("weekly Calling figures", "calling/weeks?week=2026-11-15", "calling weeks", needed=False),
)


def examine(settings: Settings, clock: Callable[[], datetime]) -> Iterator[Finding]:
    """Yield what is found, part by part, as each is looked at."""
    yield _database(settings)
    yield _folder(settings.files)
    yield from _network(settings, clock)
    yield from _bot(settings)
    yield from _administrator(settings, clock)
    yield from _feed(settings)


def _database(settings: Settings) -> Finding:
    what = "database"
    try:
        database = Database(settings.database_url)
        database.upgrade()
        with database.write() as session:
            session.connection()
        database.close()
    except DatabaseUnusable as error:
        return Finding(what, Outcome.FAULT, str(error), "set PARTNERBOT_DATABASE_URL to a file or server that exists")
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        free = shutil.disk_usage(Path(url.database).parent).free
        if free < DISK_BYTES:
            return Finding(what, Outcome.WARNING, f"{free // 1_000_000} MB are left on its disk", "make room")
    return Finding(what, Outcome.GOOD, database.url)


def _folder(folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        seen = f"{folder}: {error.strerror}"
        return Finding("folder for files", Outcome.FAULT, seen, "set PARTNERBOT_FILES to a folder that can be written")
    return Finding("folder for files", Outcome.GOOD, str(folder))


def _network(settings: Settings, clock: Callable[[], datetime]) -> Iterator[Finding]:
    proxies = {scheme: url for scheme, url in urllib.request.getproxies().items() if scheme in ("http", "https", "all")}
    through = f" through a proxy ({', '.join(sorted(proxies))})" if proxies else ""
    response = _get(f"{settings.rest_url}/v1/people/me", None)
    if isinstance(response, str):
        mend = "check the network, HTTPS_PROXY and NO_PROXY, the certificates, and PARTNERBOT_WEBEX_URL"
        yield Finding("way to Webex", Outcome.FAULT, f"{settings.rest_url}{through}: {response}", mend)
        return
    yield Finding("way to Webex", Outcome.GOOD, f"{settings.rest_url}{through}")
    told = response.headers.get("Date")
    if told is None:
        yield Finding("clock", Outcome.SKIPPED, "Webex did not tell its time")
        return
    apart = abs(clock() - parsedate_to_datetime(told))
    seen = f"{apart.total_seconds():.0f} s from Webex's"
    if apart > CLOCK_TOLERANCE:
        yield Finding("clock", Outcome.FAULT, seen, "have the machine set its clock by NTP")
    else:
        yield Finding("clock", Outcome.GOOD, seen)


def _bot(settings: Settings) -> Iterator[Finding]:
    if settings.token is None:
        mend = "set WEBEX_ACCESS_TOKEN to the token of a bot made at developer.webex.com"
        yield Finding("the bot's token", Outcome.FAULT, "there is none", mend)
        return
    tokens = FixedToken(settings.token.get_secret_value(), "WEBEX_ACCESS_TOKEN")
    response = _get(f"{settings.rest_url}/v1/people/me", tokens)
    if isinstance(response, str) or not response.is_success:
        mend = "put the bot's token, which is shown once when the bot is made, into WEBEX_ACCESS_TOKEN"
        yield Finding("the bot's token", Outcome.FAULT, _refusal(response), mend)
        return
    yield _account(response.json())
    root = settings.webex_url
    catalogue = f"{root.rstrip('/')}/u2c/api/v1/catalog" if root else DEFAULT_U2C_URL
    socket = _get(f"{catalogue}?format=hostmap", tokens)
    if isinstance(socket, str) or not socket.is_success:
        mend = "let the machine reach *.wbx2.com and *.webex.com by HTTPS and secure websockets"
        yield Finding("way to the websocket", Outcome.FAULT, _refusal(socket), mend)
    else:
        yield Finding("way to the websocket", Outcome.GOOD, catalogue)


def _account(me: Mapping[str, Any]) -> Finding:
    name = str(me.get("displayName", ""))
    if me.get("type") != "bot":
        mend = "use a bot's token: a person's ends after 12 hours, and sees every message of its spaces"
        return Finding("the bot's token", Outcome.WARNING, f"it is that of {name}, who is no bot", mend)
    if " " in name:
        mend = "a name without spaces is easier to mention: only its first word is shown"
        return Finding("the bot's token", Outcome.WARNING, f"the bot is called “{name}”", mend)
    return Finding("the bot's token", Outcome.GOOD, f"it is that of the bot {name}")


def _administrator(settings: Settings, clock: Callable[[], datetime]) -> Iterator[Finding]:
    what = "administrator access"
    renewed = None
    if settings.grant:
        database = Database(settings.database_url)
        tokens: Tokens = (renewed := RenewedTokens(database, settings.rest_url, settings.grant, clock))
    elif settings.admin_token:
        tokens = FixedToken(settings.admin_token.get_secret_value(), "PARTNERBOT_ADMIN_TOKEN")
    else:
        seen = "none: customers come from imported files, roles from PARTNERBOT_ROLES"
        mend = "set PARTNERBOT_CLIENT_ID, PARTNERBOT_CLIENT_SECRET and PARTNERBOT_REFRESH_TOKEN of a service app"
        outcome = Outcome.WARNING if settings.roles else Outcome.FAULT
        yield Finding(what, outcome, seen, mend if settings.roles else f"{mend}, or PARTNERBOT_ROLES")
        return
    me = _get(f"{settings.rest_url}/v1/people/me", tokens)
    if isinstance(me, str) or not me.is_success:
        yield Finding(what, Outcome.FAULT, _refusal(me), f"put a valid token into {tokens.setting}")
        return
    ends = renewed.ends_soon() if renewed else None
    if ends:
        mend = "give the app a new refresh token and put it into PARTNERBOT_REFRESH_TOKEN"
        yield Finding(what, Outcome.WARNING, f"its refresh token ends on {ends.date()}", mend)
    else:
        yield Finding(what, Outcome.GOOD, f"as {me.json().get('displayName', '?')}")
    yield from _probed("Webex", f"{settings.rest_url}/v1/", ADMINISTRATOR, tokens, "give its token the scope")
    yield from _roles(_get(f"{settings.rest_url}/v1/roles", tokens))


def _roles(response: httpx.Response | str) -> Iterator[Finding]:
    if isinstance(response, str) or not response.is_success:
        return
    listed = {last_part(str(each.get("id", ""))) for each in response.json().get("items", ())}
    missing = sorted(role for name, role in ROLES.items() if name not in listed)
    if missing:
        seen = f"Webex lists no role that is {', '.join(missing)}"
        yield Finding("partner roles", Outcome.WARNING, seen, "nobody can hold them; is this a partner's organization?")
    else:
        yield Finding("partner roles", Outcome.GOOD, "Webex lists all five")


def _feed(settings: Settings) -> Iterator[Finding]:
    if settings.feed_url is None:
        seen = "none: dates, invoices and usage come from imported files"
        yield Finding("feed", Outcome.SKIPPED, seen)
        return
    secret = settings.feed_token
    tokens = FixedToken(secret.get_secret_value(), "PARTNERBOT_FEED_TOKEN") if secret else None
    yield from _probed("feed", f"{settings.feed_url.rstrip('/')}/", FEED, tokens, "have the feed offer")


def _probed(source: str, root: str, probes: Iterable[Probe], tokens: Tokens | None, missing: str) -> Iterator[Finding]:
    for probe in probes:
        what = f"{source}: {probe.what}"
        response = _get(f"{root}{probe.path}", tokens)
        if not isinstance(response, str) and response.is_success:
            yield Finding(what, Outcome.GOOD, "can be read")
            continue
        outcome = Outcome.FAULT if probe.needed else Outcome.WARNING
        denied = not isinstance(response, str) and response.status_code in (401, 403, 404)
        mend = f"{missing} {probe.scope}" if denied else f"see whether {root} is the right address, and answers"
        yield Finding(what, outcome, _refusal(response), mend)


def _get(url: str, tokens: Tokens | None) -> httpx.Response | str:
    """Return the answer, or what kept it from coming."""
    try:
        return httpx.get(url, auth=Bearer(tokens) if tokens else None, timeout=10.0, follow_redirects=True)
    except httpx.HTTPError as error:
        return type(error).__name__
    except HubError as error:
        return str(error)


def _refusal(response: httpx.Response | str) -> str:
    return response if isinstance(response, str) else f"HTTP {response.status_code}"
