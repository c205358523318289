"""Webex clients of others, as they are published, cannot tell the sandbox from Webex in what it covers.

Where a client's address is a constant of a class, that is patched; nothing else.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from apprise import Apprise, NotifyFormat
from apprise.plugins.webexteams import NotifyWebexTeams
from webexpythonsdk import ApiError, WebexAPI
from wxc_sdk import WebexSimpleApi
from wxc_sdk.common import RoomType
from wxc_sdk.rest import RestError, RestSession
from wxc_sdk.webhook import WebhookEventType, WebhookResource

from tests.sandbox.conftest import Company
from tests.sandbox.driving import BOT_EMAIL

CARD = {"type": "AdaptiveCard", "version": "1.3", "body": [{"type": "TextBlock", "text": "Hi"}]}
ATTACHMENT = {"contentType": "application/vnd.microsoft.card.adaptive", "content": CARD}


@pytest.fixture
def wxc(company: Company, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A wxc-sdk for a token."""
    monkeypatch.setattr(RestSession, "BASE", f"{company.box.url}/v1")
    opened: list[WebexSimpleApi] = []

    def connect(token: str) -> WebexSimpleApi:
        opened.append(WebexSimpleApi(tokens=token, retry_429=False))
        return opened[-1]

    yield connect
    for api in opened:
        api.close()


def sdk(company: Company, token: str) -> WebexAPI:
    return WebexAPI(token, base_url=f"{company.box.url}/v1/", wait_on_rate_limit=False)


class TestWxcSdk:
    def test_rooms_messages_and_memberships(self, company: Company, wxc: Any) -> None:
        ana = wxc(company.ana.token)
        room = ana.rooms.create(title="By wxc-sdk")
        assert ana.rooms.details(room_id=room.id).title == "By wxc-sdk"
        assert room.id in [one.id for one in ana.rooms.list(type_=RoomType.group, max=1)]
        assert ana.rooms.update(update=room.model_copy(update={"title": "Renamed"})).title == "Renamed"
        member = ana.membership.create(room_id=room.id, person_email=BOT_EMAIL)
        assert {one.person_email for one in ana.membership.list(room_id=room.id)} == {
            BOT_EMAIL,
            ana.people.me().emails[0],
        }
        for number in range(5):
            ana.messages.create(room_id=room.id, markdown=f"**{number}**")
        listed = list(ana.messages.list(room_id=room.id, max=2))
        assert [one.text for one in listed] == ["4", "3", "2", "1", "0"]
        # PUT /messages demands that the html of what was read is left out.
        change = {"text": "new", "markdown": None, "html": None}
        edited = ana.messages.edit(message=listed[0].model_copy(update=change))
        assert ana.messages.details(message_id=edited.id).text == "new"
        ana.messages.delete(message_id=edited.id)
        ana.membership.delete(membership_id=member.id)
        ana.rooms.delete(room_id=room.id)
        with pytest.raises(RestError) as refused:
            ana.rooms.details(room_id=room.id)
        assert refused.value.response.status_code == 404
        assert refused.value.detail.tracking_id

    def test_a_card_is_submitted(self, company: Company, wxc: Any) -> None:
        bot, ana = wxc(company.bot.token), company.ana
        card = bot.messages.create(
            to_person_email=ana.accepted("GET", "/v1/people/me")["emails"][0], attachments=[ATTACHMENT]
        )
        pressed = ana.accepted(
            "POST", "/v1/attachment/actions", json={"type": "submit", "messageId": card.id, "inputs": {"run": "kpis"}}
        )
        assert bot.attachment_actions.details(action_id=pressed["id"]).inputs == {"run": "kpis"}

    def test_a_webhook_is_made_and_deleted(self, company: Company, wxc: Any) -> None:
        bot = wxc(company.bot.token)
        made = bot.webhook.create(
            name="wxc",
            target_url="http://127.0.0.1:9/",
            resource=WebhookResource.messages,
            event=WebhookEventType.created,
            secret="s",
        )
        assert made.webhook_id in [one.webhook_id for one in bot.webhook.list()]
        bot.webhook.webhook_delete(webhook_id=made.webhook_id)

    def test_the_partners_customers(self, company: Company, wxc: Any) -> None:
        admin = wxc(company.admin.token)
        customers = list(admin.organizations.list())
        assert len(customers) == 200
        assert admin.organizations.details(org_id=customers[0].org_id).display_name == customers[0].display_name
        licences = list(admin.licenses.list(org_id=customers[0].org_id))
        assert licences[0].consumed_units is not None
        assert {role.name for role in admin.roles.list()} >= {"Sales Administrator"}
        ben = next(iter(admin.people.list(email="ben.okafor@brightwater.example")))
        assert admin.people.details(person_id=ben.person_id).roles == ben.roles

    def test_locations_numbers_and_devices(self, company: Company, wxc: Any) -> None:
        admin = wxc(company.admin.token)
        found = 0
        for customer in islice(admin.organizations.list(), 40):
            org = customer.org_id
            locations = list(admin.locations.list(org_id=org))
            numbers = list(admin.telephony.phone_numbers(org_id=org))
            devices = list(admin.devices.list(org_id=org))
            found += bool(locations and numbers and devices)
        assert found


class TestWebexPythonSdk:
    def test_rooms_messages_and_memberships(self, company: Company) -> None:
        ana = sdk(company, company.ana.token)
        room = ana.rooms.create("By webexpythonsdk")
        ana.memberships.create(roomId=room.id, personEmail=BOT_EMAIL)
        assert len(list(ana.memberships.list(roomId=room.id, max=1))) == 2
        for number in range(5):
            ana.messages.create(roomId=room.id, text=str(number))
        assert [one.text for one in ana.messages.list(roomId=room.id, max=2)] == ["4", "3", "2", "1", "0"]
        newest = next(iter(ana.messages.list(roomId=room.id)))
        before = ana.messages.list(roomId=room.id, beforeMessage=newest.id, max=2)
        assert [one.text for one in before] == ["3", "2", "1", "0"]
        assert newest.created.tzinfo is not None
        assert ana.messages.update(newest.id, roomId=room.id, text="new").text == "new"
        assert room.id in [one.id for one in ana.rooms.list(max=1, type="group")]
        ana.rooms.delete(room.id)
        with pytest.raises(ApiError) as refused:
            ana.rooms.get(room.id)
        assert refused.value.status_code == 404

    def test_people_cards_and_files(self, company: Company, tmp_path: Path) -> None:
        bot, ana = sdk(company, company.bot.token), sdk(company, company.ana.token)
        me = ana.people.me()
        assert bot.people.get(me.id).displayName == me.displayName
        assert [one.id for one in bot.people.list(email=me.emails[0])] == [me.id]
        card = bot.messages.create(toPersonId=me.id, text="A card", attachments=[ATTACHMENT])
        action = ana.attachment_actions.create(type="submit", messageId=card.id, inputs={"run": "kpis"})
        assert bot.attachment_actions.get(action.id).inputs == {"run": "kpis"}
        file = tmp_path / "report.csv"
        file.write_text("a,b\n")
        posted = bot.messages.create(toPersonId=me.id, text="A file", files=[str(file)])
        assert len(posted.files) == 1
        assert posted.id in [one.id for one in bot.messages.list_direct(personId=me.id)]

    def test_webhooks(self, company: Company) -> None:
        bot = sdk(company, company.bot.token)
        made = bot.webhooks.create("sdk", "http://127.0.0.1:9/", "messages", "created", secret="s")
        assert bot.webhooks.update(made.id, name="again", targetUrl="http://127.0.0.1:9/b").name == "again"
        assert made.id in [one.id for one in bot.webhooks.list(max=1)]
        bot.webhooks.delete(made.id)

    def test_the_partners_customers(self, company: Company) -> None:
        admin = sdk(company, company.admin.token)
        customer = next(iter(admin.organizations.list()))
        assert admin.organizations.get(customer.id).displayName == customer.displayName
        assert list(admin.licenses.list(orgId=customer.id))
        assert list(admin.roles.list())


class TestApprise:
    @pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
    def test_a_notification_and_a_file_are_posted(
        self, company: Company, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(NotifyWebexTeams, "api_url", f"{company.box.url}/v1/messages")
        monkeypatch.setattr(NotifyWebexTeams, "request_rate_per_sec", 0)
        room = company.new_room(BOT_EMAIL)
        notifier = Apprise()
        assert notifier.add(f"wxteams://{company.bot.token}/{room}?mode=bot")
        assert notifier.notify("**Backup** is done", body_format=NotifyFormat.MARKDOWN)
        file = tmp_path / "backup.txt"
        file.write_text("fine")
        assert notifier.notify("with a file", attach=str(file))
        said = company.ana.items("/v1/messages", roomId=room)
        assert any(one.get("html") == "<p><strong>Backup</strong> is done</p>" for one in said)
        assert any("files" in one for one in said)
