"""/v1/messages, /v1/attachment/actions and /v1/contents (messaging API reference)."""

from operator import attrgetter
from urllib.parse import quote
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.access import Access
from sandbox.clock import moment
from sandbox.drafts import Draft, read_draft
from sandbox.errors import BadRequest, Forbidden, NotFound
from sandbox.ids import bare
from sandbox.markdown import compose
from sandbox.model import Content, File, Message, Person, Room
from sandbox.resources import action_json, encode, message_json
from sandbox.rest import Page, answer, encoded_items, json_body, no_content
from sandbox.switches import Switches
from sandbox.uploads import Upload
from sandbox.world import World


class Messaging:
    """What is said: messages, their files, and pressed cards."""

    def __init__(self, world: World, access: Access, switches: Switches) -> None:
        self._world = world
        self._access = access
        self._switches = switches

    def routes(self) -> list[Route]:
        """What is served here; the last two are where webex_bot looks ids up (WEBEX.md §10)."""
        return [
            Route("/v1/messages", self.post, methods=["POST"]),
            Route("/v1/messages", self.list_room),
            Route("/v1/messages/direct", self.list_direct),
            Route("/v1/messages/{message}", self.get),
            Route("/v1/messages/{message}", self.edit, methods=["PUT"]),
            Route("/v1/messages/{message}", self.delete, methods=["DELETE"]),
            Route("/v1/attachment/actions", self.submit, methods=["POST"]),
            Route("/v1/attachment/actions/{action}", self.get_action),
            Route("/v1/contents/{file}", self.download),
            Route("/conversation/api/v1/messages/{message}", self.get),
            Route("/conversation/api/v1/attachment/actions/{action}", self.get_action),
        ]

    async def post(self, request: Request) -> Response:
        """Say something, to a room or to a person."""
        caller = self._access.caller(request)
        draft = await read_draft(request, self._switches)
        if not draft.says_something:
            raise BadRequest("A message needs text, markdown, a file or a card.")
        room = self._target(caller, draft)
        message = self._world.post(
            caller,
            room,
            _content(draft, room),
            parent=self._parent(draft, room),
            file=_file(draft.upload, room) if draft.upload else None,
            attachments=draft.attachments,
        )
        return answer(message_json(message, self._world.url))

    async def list_room(self, request: Request) -> Response:
        """What was said in a room, newest first; to bots in group rooms only what mentions them."""
        caller = self._access.caller(request)
        if "roomId" not in request.query_params:
            raise BadRequest("roomId is required.")
        room = self._access.room(caller, bare(request.query_params["roomId"]))
        mentioned = request.query_params.get("mentionedPeople")
        if mentioned and mentioned != "me" and bare(mentioned) != caller.uuid:
            raise BadRequest("mentionedPeople can only be me or the caller's own id.")
        if caller.is_bot and not room.is_direct and not mentioned:
            raise Forbidden("The request was unauthorized.")
        return self._list(request, caller, room, mentioned_only=bool(mentioned))

    async def list_direct(self, request: Request) -> Response:
        """What was said in the 1:1 room with a person, newest first."""
        caller = self._access.caller(request)
        params = request.query_params
        other = self._access.person(params.get("personId"), params.get("personEmail"))
        room = self._world.find_direct_room(caller, other)
        return self._list(request, caller, room) if room else answer({"items": []})

    def _list(self, request: Request, caller: Person, room: Room, *, mentioned_only: bool = False) -> Response:
        params = request.query_params
        page = Page(request, self._world.url, default=50, most=100 if mentioned_only else 1000)
        parent = bare(params["parentId"]) if "parentId" in params else None
        before = self._before(caller, params.get("before"), params.get("beforeMessage"))

        def wanted(message: Message) -> bool:
            if mentioned_only and caller not in message.content.mentioned:
                return False
            if parent and (message.parent is None or message.parent.uuid != parent):
                return False
            return before is None or (message.created, message.sequence) < before

        messages = page.newest_first(room.messages, attrgetter("sequence"), wanted)
        return page.answer(encoded_items(message_json(message, self._world.url) for message in messages))

    def _before(self, caller: Person, time: str | None, message_id: str | None) -> tuple[object, ...] | None:
        if message_id:
            message = self._world.message_for(caller, bare(message_id))
            return (message.created, message.sequence)
        if not time:
            return None
        try:
            return (moment(time),)
        except ValueError:
            raise BadRequest("before must be an ISO 8601 time.") from None

    async def get(self, request: Request) -> Response:
        """One message."""
        return answer(message_json(self._message(request)[1], self._world.url))

    async def edit(self, request: Request) -> Response:
        """Change an own message's text."""
        caller, message = self._message(request)
        draft = await read_draft(request, self._switches)
        if draft.is_more_than_text:
            raise BadRequest("Editing a message with files or attachments is currently unsupported.")
        if bare(draft.given.get("roomId", "")) != message.room.uuid:
            raise BadRequest("roomId is required, and must be the room of the message.")
        if not draft.given.get("text") and not draft.given.get("markdown"):
            raise BadRequest("text or markdown is required.")
        self._world.edit(message, caller, _content(draft, message.room))
        return answer(message_json(message, self._world.url))

    async def delete(self, request: Request) -> Response:
        """Take a message back."""
        caller, message = self._message(request)
        self._world.delete(message, caller)
        return no_content()

    async def submit(self, request: Request) -> Response:
        """Press a card's button. 200, for the SDK accepts nothing else (WEBEX.md §9)."""
        caller = self._access.caller(request)
        body = await json_body(request)
        inputs = body.get("inputs", {})
        if body.get("type") != "submit" or not isinstance(inputs, dict):
            raise BadRequest("type must be submit, and inputs an object.")
        message = self._world.message_for(caller, bare(str(body.get("messageId", ""))))
        if not message.attachments:
            raise BadRequest("The message has no card.")
        return answer(encode(action_json(self._world.submit(message, caller, inputs))))

    async def get_action(self, request: Request) -> Response:
        """What a card was submitted with."""
        caller = self._access.caller(request)
        action = self._world.actions.get(bare(request.path_params["action"]))
        if action is None or not action.message.visible_to(caller):
            raise NotFound("Attachment action not found.")
        return answer(action_json(action))

    async def download(self, request: Request) -> Response:
        """A file of a message."""
        caller = self._access.caller(request)
        file = self._world.files.get(bare(request.path_params["file"]))
        if file is None or caller.uuid not in file.room.members:
            raise NotFound("File not found.")
        disposition = f"attachment; filename*=UTF-8''{quote(file.name)}"
        if file.name.isascii() and file.name.isprintable():
            name = file.name.replace("\\", "\\\\").replace('"', '\\"')
            disposition = f'attachment; filename="{name}"; {disposition.removeprefix("attachment; ")}'
        headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
        return Response(file.data, headers=headers, media_type=file.content_type)

    def _message(self, request: Request) -> tuple[Person, Message]:
        caller = self._access.caller(request)
        return caller, self._world.message_for(caller, bare(request.path_params["message"]))

    def _target(self, caller: Person, draft: Draft) -> Room:
        room_id = draft.given.get("roomId")
        if room_id:
            return self._access.room(caller, bare(room_id))
        other = self._access.person(draft.given.get("toPersonId"), draft.given.get("toPersonEmail"))
        return self._access.room(caller, self._world.direct_room(caller, other).uuid)

    def _parent(self, draft: Draft, room: Room) -> Message | None:
        """The message replied to, by Webex id or bare UUID as webex_bot sends it (WEBEX.md §4)."""
        parent_id = draft.given.get("parentId")
        if not parent_id:
            return None
        parent = self._world.messages.get(bare(parent_id))
        if parent is None or parent.room is not room:
            raise NotFound("Unable to find the parent message in this room.")
        if parent.parent and self._switches.refuse_reply_to_reply:
            raise BadRequest("A reply cannot be the parent of a reply.")
        return parent


def _content(draft: Draft, room: Room) -> Content:
    members = [membership.person for membership in room.members.values()]
    return compose(draft.given.get("text"), draft.given.get("markdown"), members)


def _file(upload: Upload, room: Room) -> File:
    return File(str(uuid4()), upload.name, upload.content_type, upload.data, room)
