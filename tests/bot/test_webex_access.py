"""docs/webex-access.md lists every call to Webex that the clients can make, and none that they do not."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests

from bot.http import Adapter
from bot.webex import Webex
from hub.access import Role
from hub.errors import HubError
from hub.partner_reports.client import PartnerReports, Template
from hub.partner_reports.kinds import KINDS
from hub.tokens import Grant, RenewedTokens
from hub.webex import PartnerClient
from hub.wire.reading import Skipped
from storage import Database
from tests.bot.box import Box, running_box
from tests.contract import documents

PAGE = Path(__file__).parents[2] / "docs" / "webex-access.md"
ROW = re.compile(r"^\| `([A-Z]+) (/\S+)` \|", re.MULTILINE)
UNDOCUMENTED = {("POST", "/access_token")}
"""Described in Webex's guides, not in its interface descriptions."""

Call = tuple[str, str]


def listed(heading: str) -> list[Call]:
    section = PAGE.read_text().partition(f"\n## {heading}")[2].partition("\n## ")[0]
    return [(method, path) for method, path in ROW.findall(section)]


BOT, ADMINISTRATOR = listed("As the bot"), listed("As an administrator")


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running_box() as found:
        yield found


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """Every request under /v1, of both HTTP libraries."""
    found: list[Call] = []
    by_httpx, by_requests = httpx.Client.send, Adapter.send

    def note(method: str, url: str) -> None:
        path = httpx.URL(url).path
        if path.startswith("/v1/"):
            found.append((method, path.removeprefix("/v1")))

    def send(client: httpx.Client, request: httpx.Request, **how: Any) -> httpx.Response:
        if "python-httpx" not in request.headers["User-Agent"] or request.url.path.endswith("/access_token"):
            note(request.method, str(request.url))
        return by_httpx(client, request, **how)

    def send_too(adapter: Adapter, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        note(str(request.method), str(request.url))
        return by_requests(adapter, request, **how)

    monkeypatch.setattr(httpx.Client, "send", send)
    monkeypatch.setattr(Adapter, "send", send_too)
    return found


def uncalled(client: type, patch: pytest.MonkeyPatch) -> set[str]:
    """The public methods of a client; each is taken away when it is called."""
    left = {name for name, each in vars(client).items() if callable(each) and not name.startswith("_")} - {"close"}

    def marked(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def call(*given: Any, **named: Any) -> Any:
            left.discard(name)
            return method(*given, **named)

        return call

    for name in left.copy():
        patch.setattr(client, name, marked(name, vars(client)[name]))
    return left


def compare(sent: list[Call], rows: list[Call]) -> None:
    # What has no placeholder comes first: /people/me is not a person.
    patterns = {
        row: re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(row[1])))
        for row in sorted(rows, key=lambda row: row[1].count("{"))
    }
    used = set()
    for method, path in sent:
        row = next((row for row, known in patterns.items() if row[0] == method and known.fullmatch(path)), None)
        assert row, f"{method} {path} is not in docs/webex-access.md"
        used.add(row)
    assert used == set(rows), "what is listed and not used"


def test_every_call_of_the_bot_is_listed(
    box: Box, sent: list[Call], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    left = uncalled(Webex, monkeypatch)
    webex = Webex(box.bot_token, box.url)
    said = box.say("hello")
    me = webex.me()
    webex.person(me.person_id)
    webex.rooms()
    webex.room(said["roomId"])
    webex.memberships(said["roomId"])
    webex.message(said["id"])
    webex.message_at(f"{box.url}/v1/messages/{said['id']}")
    since = datetime.now(UTC) - timedelta(minutes=1)
    webex.messages_since(said["roomId"], None, since)
    webex.messages_since(said["personEmail"], None, since)
    posted = webex.post({"roomId": said["roomId"]}, "text")
    webex.edit(said["roomId"], posted, "other text")
    file = tmp_path / "file.csv"
    file.write_text("a\n")
    with_file = webex.post({"roomId": said["roomId"]}, "file", file=file)
    (url,) = webex.message(with_file).files
    in_tables = len(sent)
    webex.download(url, 100)
    assert sent[in_tables:] == [("GET", httpx.URL(url).path.removeprefix("/v1"))]
    del sent[in_tables:]
    card = {"type": "AdaptiveCard", "version": "1.3", "body": [], "actions": [{"type": "Action.Submit", "title": "Go"}]}
    asked = webex.post({"roomId": said["roomId"]}, "card", card)
    with box.client() as person:
        clicked = person.post("attachment/actions", json={"type": "submit", "messageId": asked, "inputs": {"run": "x"}})
    action_id = clicked.raise_for_status().json()["id"]
    webex.action(action_id)
    webex.action_at(f"{box.url}/v1/attachment/actions/{action_id}")
    webex.add_webhook("ours", f"{box.url}/nowhere", "messages", "created", "secret")
    (hook,) = webex.webhooks()
    webex.change_webhook(hook.id, "ours", f"{box.url}/nowhere", "secret")
    webex.delete_webhook(hook.id)
    webex.close()
    assert left == set()
    compare(sent, BOT)


def test_every_call_as_an_administrator_is_listed(
    box: Box, sent: list[Call], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_database: Database
) -> None:
    left = uncalled(PartnerClient, monkeypatch)
    left_of_reports = uncalled(PartnerReports, monkeypatch)
    client = PartnerClient(box.url, box.admin_token)
    assert client.org_id
    assert client.requests_sent
    skipped = Skipped()
    org_id = next(each.org_id for each in client.organizations(skipped) if _subscriptions(box).get(each.org_id))
    list(client.licences([org_id], skipped))
    someone = client.people_with(Role.ADMIN, skipped)[0]
    client.person(someone.email)
    client.assigned_to(someone.person_id, skipped)
    client.administrators_of(org_id)
    client.assign(org_id, someone.person_id)
    client.unassign(org_id, someone.person_id)
    client.set_roles(someone.person_id, {Role.ADMIN})
    client.revoke(someone.person_id)
    (subscription,) = _subscriptions(box)[org_id][:1]
    client.set_tags(org_id, ["gold"])
    client.set_tags(org_id, ["gold"], subscription)
    client.tags_of(org_id)
    client.tags_of(org_id, subscription)
    client.customer_tags(skipped)
    client.subscription_tags(skipped)
    reports = client.reports
    kind = next(iter(KINDS.values()))
    template = reports.template(kind)
    report_id = reports.ask(Template(template.template_id, None), date(2026, 11, 1), date(2026, 11, 7), None)
    reports.progress(report_id)
    in_tables = len(sent)
    with suppress(HubError):
        reports.fetch(f"{box.url}/v1/partner/reports/nothing", tmp_path / "report.zip")
    del sent[in_tables:]
    app = Grant("no client", "no secret", "no token")
    tokens = RenewedTokens(sqlite_database, box.url, app, lambda: datetime.now(UTC))
    with pytest.raises(HubError):
        tokens.current()
    tokens.close()
    client.close()
    assert left == set()
    assert left_of_reports == set()
    compare(sent, ADMINISTRATOR)


def _subscriptions(box: Box) -> dict[str, list[str]]:
    found = httpx.get(f"{box.url}/sandbox/customers", timeout=30).raise_for_status().json()
    return {each["org_id"]: [one["subscription_id"] for one in each["subscriptions"]] for each in found["items"]}


@pytest.mark.skipif(documents.folder() is None, reason=documents.HINT)
@pytest.mark.parametrize("call", sorted({*BOT, *ADMINISTRATOR} - UNDOCUMENTED), ids=" ".join)
def test_what_is_listed_is_official(call: Call) -> None:
    assert call in {(one.method, one.path) for one in documents.read().operations}
