"""The Webex REST interface, as far as the bot uses it, in records of its own."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import webexpythonsdk

from bot import http
from bot.errors import Unavailable

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
BOT_DOMAINS = ("@webex.bot", "@sparkbot.io")
"""Where bots have their addresses: a membership does not tell what kind of account it is."""
_MESSAGE_FIELDS = {"roomId", "roomType", "personId", "personEmail"}
_ACTION_FIELDS = {"roomId", "personId", "messageId", "inputs"}


@dataclass(frozen=True)
class Person:
    """An account: of a human, or of a bot."""

    person_id: str
    email: str
    display_name: str
    org_id: str | None
    is_bot: bool


@dataclass(frozen=True)
class Room:
    """A space; `type` is `direct` or `group`."""

    room_id: str
    type: str
    title: str


@dataclass(frozen=True)
class Posted:
    """A message that somebody posted."""

    id: str
    room_id: str
    room_type: str
    person_id: str
    person_email: str
    text: str
    markdown: str | None
    files: tuple[str, ...]
    parent_id: str | None
    """Root of the thread it is in, if it is a reply."""
    created: datetime | None


@dataclass(frozen=True)
class Action:
    """A pressed button of a card, with what was filled in."""

    id: str
    room_id: str
    person_id: str
    message_id: str
    """The message that holds the card."""
    inputs: Mapping[str, str]
    created: datetime | None


@dataclass(frozen=True)
class Webhook:
    """A wish of ours to be told of something at an address."""

    id: str
    name: str
    resource: str
    event: str
    is_active: bool


@dataclass(frozen=True)
class File:
    """An attached file."""

    name: str
    content: bytes


class Webex:
    """Calls Webex as one account, from any thread. Every call raises `bot.errors.WebexError` where it fails.

    `root` is where another server than the real Webex listens, such as `http://127.0.0.1:8080`.
    """

    def __init__(self, token: str, root: str | None = None, connections: int = 16) -> None:
        http.silence_libraries()
        self.token = token
        self.root = root.rstrip("/") if root else None
        self.base_url = f"{self.root}/v1/" if self.root else webexpythonsdk.config.DEFAULT_BASE_URL
        # The SDK would sleep through a Retry-After in our thread; we postpone instead.
        self._api = webexpythonsdk.WebexAPI(token, base_url=self.base_url, wait_on_rate_limit=False)
        http.prepare(self._api._session._req_session, self.base_url, connections)
        self._caller = http.Caller(token)

    def close(self) -> None:
        """Give back every connection."""
        self._caller.close()
        self._api._session._req_session.close()

    @cached_property
    def _me(self) -> Person:
        with _translated():
            return _person(self._api.people.me().json_data)

    def me(self) -> Person:
        """Return the account whose token this is; asked once."""
        return self._me

    def person(self, person_id: str) -> Person:
        """Return an account by id."""
        with _translated():
            return _person(self._api.people.get(person_id).json_data)

    def room(self, room_id: str) -> Room:
        """Return a space."""
        with _translated():
            return _room(self._api.rooms.get(room_id).json_data)

    def rooms(self) -> list[Room]:
        """Return every space the account is in."""
        with _translated():
            return [_room(each.json_data) for each in self._api.rooms.list(max=1000)]

    def memberships(self, room_id: str) -> list[Person]:
        """Return everybody in a space, bots as well."""
        with _translated():
            return [_member(each.json_data) for each in self._api.memberships.list(roomId=room_id, max=1000)]

    def message_at(self, url: str) -> tuple[str, Posted | None]:
        """Return the public id of the message that has an activity's address, and all of it where that is told.

        webex_bot reads only the id there, and Webex documents nothing; what else there is saves a request.
        """
        with _translated():
            found = self._caller.json(url)
            is_whole = found.keys() >= _MESSAGE_FIELDS and not found.keys().isdisjoint({"text", "files"})
            return str(found["id"]), _posted(found) if is_whole else None

    def action_at(self, url: str) -> tuple[str, Action | None]:
        """Return the public id of the card action that has an activity's address, and all of it where that is told."""
        with _translated():
            found = self._caller.json(url)
            return str(found["id"]), _action(found) if found.keys() >= _ACTION_FIELDS else None

    def message(self, message_id: str) -> Posted:
        """Return a message."""
        with _translated():
            return _posted(self._caller.json(f"{self.base_url}messages/{message_id}"))

    def messages_since(self, target: str, parent_id: str | None, since: datetime) -> list[Posted]:
        """Return what was said since then in a room, or one-to-one with a person (their e-mail), newest first.

        With `parent_id` only what is in that thread, without it only what is in none.
        """
        with _translated():
            if is_email(target):
                found = self._api.messages.list_direct(personEmail=target, parentId=parent_id)
            else:
                found = self._api.messages.list(roomId=target, parentId=parent_id)
            said = (_posted(each.json_data) for each in found)
            recent = takewhile(lambda each: each.created is not None and each.created >= since, said)
            return [each for each in recent if each.parent_id == parent_id]

    def action(self, action_id: str) -> Action:
        """Return what was entered into a card."""
        with _translated():
            return _action(self._caller.json(f"{self.base_url}attachment/actions/{action_id}"))

    def download(self, url: str, limit_bytes: int) -> File:
        """Return an attached file.

        Raises:
            TooLarge: it has more than `limit_bytes`.

        """
        content, disposition = self._caller.file(url, limit_bytes)
        header = EmailMessage()
        header["Content-Disposition"] = disposition
        return File(header.get_filename() or url.rsplit("/", 1)[-1], content)

    def post(
        self,
        where: Mapping[str, str],
        markdown: str | None,
        card: Mapping[str, Any] | None = None,
        file: Path | None = None,
        file_name: str | None = None,
    ) -> str:
        """Post a message and return its id; `where` is roomId or toPersonEmail, and parentId where in a thread."""
        with _translated():
            if file is None:
                return str(self._caller.post(f"{self.base_url}messages", _body(where, markdown, card))["id"])
            with _named(file, file_name) as files:
                return str(self._api.messages.create(**where, markdown=markdown, files=files).json_data["id"])

    def edit(self, room_id: str, message_id: str, markdown: str) -> None:
        """Change what an own message without card and file says; Webex allows ten times (PUT /messages/{id})."""
        with _translated():
            self._api.messages.update(messageId=message_id, roomId=room_id, markdown=markdown)

    def webhooks(self) -> list[Webhook]:
        """Return every webhook of the account."""
        with _translated():
            return [_webhook(each.json_data) for each in self._api.webhooks.list(max=100)]

    def add_webhook(self, name: str, url: str, resource: str, event: str, secret: str) -> None:
        """Have an address told of something from now on."""
        with _translated():
            self._api.webhooks.create(name, url, resource, event, secret=secret)

    def change_webhook(self, webhook_id: str, name: str, url: str, secret: str) -> None:
        """Give a webhook another address and secret, and have it active (PUT /webhooks/{id})."""
        with _translated():
            self._api.webhooks.update(webhook_id, name=name, targetUrl=url, secret=secret, status="active")

    def delete_webhook(self, webhook_id: str) -> None:
        """Have a webhook told nothing more."""
        with _translated():
            self._api.webhooks.delete(webhook_id)


@contextmanager
def _translated() -> Iterator[None]:
    """What is left to translate, since `http.Adapter` raises our errors: answers that are not as they should be."""
    try:
        yield
    except (webexpythonsdk.exceptions.webexpythonsdkException, ValueError, KeyError) as error:
        raise Unavailable(f"an unexpected answer: {type(error).__name__}", maybe_sent=True) from error


def _body(where: Mapping[str, str], markdown: str | None, card: Mapping[str, Any] | None) -> dict[str, Any]:
    body: dict[str, Any] = {**where}
    if markdown:
        body["markdown"] = markdown
    if card:
        body["attachments"] = [{"contentType": CARD_TYPE, "content": card}]
    return body


@contextmanager
def _named(file: Path, name: str | None) -> Iterator[list[str]]:
    """The SDK names a file after its path; under another name it gets a link of that name."""
    if name is None or name == file.name:
        yield [str(file)]
    else:
        with TemporaryDirectory() as folder:
            link = Path(folder) / Path(name).name
            link.symlink_to(file.resolve())
            yield [str(link)]


def is_email(target: str) -> bool:
    """Tell a person's e-mail from a room's id."""
    return "@" in target


def _posted(found: Mapping[str, Any]) -> Posted:
    return Posted(
        id=found["id"],
        room_id=found["roomId"],
        room_type=found["roomType"],
        person_id=found["personId"],
        person_email=found["personEmail"],
        text=_text(found.get("text", "")),
        markdown=found.get("markdown"),
        files=tuple(found.get("files", ())),
        parent_id=found.get("parentId"),
        created=_time(found.get("created")),
    )


def _action(found: Mapping[str, Any]) -> Action:
    return Action(
        id=found["id"],
        room_id=found["roomId"],
        person_id=found["personId"],
        message_id=found["messageId"],
        inputs={name: _text(value) for name, value in found.get("inputs", {}).items()},
        created=_time(found.get("created")),
    )


def _webhook(found: Mapping[str, Any]) -> Webhook:
    return Webhook(found["id"], found["name"], found["resource"], found["event"], found.get("status") == "active")


def _room(found: Mapping[str, Any]) -> Room:
    return Room(found["id"], found["type"], found.get("title", ""))


def _person(found: Mapping[str, Any]) -> Person:
    email = found["emails"][0]
    return Person(
        person_id=found["id"],
        email=email,
        display_name=found.get("displayName", ""),
        org_id=found.get("orgId"),
        is_bot=found.get("type") == "bot" or is_bot(email),
    )


def _member(found: Mapping[str, Any]) -> Person:
    return Person(
        person_id=found["personId"],
        email=found["personEmail"],
        display_name=found.get("personDisplayName", ""),
        org_id=found.get("personOrgId"),
        is_bot=is_bot(found["personEmail"]),
    )


def is_bot(email: str) -> bool:
    """Tell a bot's e-mail from a person's."""
    return email.lower().endswith(BOT_DOMAINS)


def _text(value: Any) -> str:
    """Text that can be stored: JSON may hold halves of surrogate pairs, and a button any value."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode(errors="replace").decode()


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
