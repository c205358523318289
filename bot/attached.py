"""Files that people attach to a command: fetched only when a command wants them, and only of the same space."""

from collections.abc import Callable, Sequence

from bot.arrival import Arrival
from bot.errors import NotFound, TooLarge, WebexError
from bot.webex import Webex
from commands.context import Attached
from commands.errors import CommandError
from templates.catalogue import N_


class Attachments:
    """Finds and downloads what is attached to messages."""

    def __init__(self, webex: Webex) -> None:
        self._webex = webex

    def of(self, arrival: Arrival) -> Callable[[str | None], Sequence[Attached]]:
        """Return what finds the files of a message of the same space: of the arrival itself where none is named."""

        def find(message_id: str | None) -> Sequence[Attached]:
            addresses = self._addresses(arrival, message_id) if message_id else arrival.files
            return [lambda limit, address=address: self._fetch(address, limit) for address in addresses]  # type: ignore[misc]

        return find

    def _addresses(self, arrival: Arrival, message_id: str) -> Sequence[str]:
        # An id that a card carries is input: of other spaces nothing is read.
        try:
            message = self._webex.message(message_id)
        except NotFound:
            return ()
        return message.files if message.room_id == arrival.room_id else ()

    def _fetch(self, address: str, limit_bytes: int) -> tuple[str, bytes]:
        try:
            file = self._webex.download(address, limit_bytes)
        except TooLarge as error:
            raise CommandError(
                N_("The file has more than %(megabytes)s MB."),
                hint=N_("Split it, or let the bot's owner import it: partnerbot import FILE.csv"),
                megabytes=limit_bytes // 1_000_000,
            ) from error
        except WebexError as error:
            raise CommandError(
                N_("Webex does not hand me the file: %(reason)s"), hint=N_("Attach it again."), reason=str(error)
            ) from error
        return file.name, file.content
