"""What a command knows beside its arguments."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from commands.errors import CommandError
from commands.health import Check
from hub import outlook
from hub.feed import FeedClient
from hub.products import BOTH
from hub.progress import Progress, silent
from hub.resources import Resources
from hub.resources import load as load_resources
from hub.scope import Scope
from hub.statuses import DEFAULTS, Thresholds
from hub.trials import LONGEST
from hub.webex import PartnerClient
from notifications.audience import Audience, Member
from notifications.reports.writing import MOST_BYTES, Shelf
from notifications.run import AT_ONCE, Pacing
from storage import Database
from templates.catalogue import N_
from templates.texts import Texts

Attached = Callable[[int], tuple[str, bytes]]
"""An attached file: called with how many bytes it may have, it returns its name and content, or raises CommandError."""


@dataclass(frozen=True)
class SpaceView:
    """The space a command was typed in."""

    room_id: str
    kind: str
    """`direct` or `group`."""


COMMAND_LINE = SpaceView("", "direct")
"""No space at all: `partnerbot ask`."""


@dataclass(frozen=True)
class Services:
    """What commands work with."""

    database: Database
    partner: PartnerClient | None = None
    """Webex's partner interfaces; None where no administrator token is configured."""
    feed: FeedClient | None = None
    """The partner's own feed, which also starts trials; None where none is configured."""
    files: Path = Path("data/files")
    """Where reports are written before they are sent."""
    byte_order_mark: bool = True
    """CSV files begin with one."""
    most_bytes: int = MOST_BYTES
    """How large a file may be that is posted."""
    control_hub: str = "https://admin.webex.com"
    resources: Resources = field(default_factory=load_resources)
    """Links and guidance for partners."""
    thresholds: Thresholds = DEFAULTS
    """The numbers that statuses and indicators depend on."""
    pacing: Pacing = AT_ONCE
    """How long alerts wait for what belongs together with them."""
    longest_trials: Mapping[str, int] = field(default_factory=lambda: LONGEST)
    """Days that a trial with a product may last; `all` names every trial."""
    import_bytes: int = 50_000_000
    """How large a file may be that is attached to `import`."""
    awaited_trial_days: int = 14
    """How long a trial that is started in Partner Hub is waited for."""
    region_code: Callable[[str], str] = lambda region: region
    """What Webex calls a region in reports."""
    progress: Progress = silent
    """Told how far long work is, where somebody waits for it at a terminal."""
    longest_silence: timedelta = timedelta(days=90)
    """How long alerts may be silenced or put off."""
    audiences: Callable[[str], Audience] = lambda _target: Audience(())
    """Tells who reads what is said in a room, or to a person (an e-mail); may ask Webex."""
    wake: Callable[[], None] = lambda: None
    """Has what was just put into the outbox delivered at once."""
    sleep: Callable[[float], None] = time.sleep
    """Waits so many seconds, where somebody waits for Webex at a terminal."""
    stale_since: Callable[[datetime], datetime | None] = lambda _now: None
    """Tells when the oldest data were read that should be newer; None where all are as they should be."""
    health: Callable[[datetime], Sequence[Check]] = lambda _now: ()
    """Looks how the service is."""

    @property
    def shelf(self) -> Shelf:
        """Where reports are written, and how."""
        return Shelf(self.files, self.byte_order_mark, self.most_bytes)


@dataclass(frozen=True)
class Context:
    """Who asks, where, when, in which language, and whose customers they may see."""

    person: Member
    space: SpaceView
    audience: Audience
    scope: Scope
    texts: Texts
    now: datetime
    services: Services
    line: str
    """The command as typed, without the bot's name."""
    request_id: str
    """Identity of the message or click: what makes an effect happen once."""
    products: frozenset[str] = BOTH
    """What sections show where nobody names a product: a choice of the space or person."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Fields of the card whose button was pressed."""
    attached: Callable[[str | None], Sequence[Attached]] = lambda _: ()
    """Finds the files of a message of this space by its id; of the command's own message where none is given."""
    tell: Callable[[str], None] = lambda _: None
    """Says in the thread, while the command runs, how far it has come: no customer data."""

    thread: str | None = None
    """Id of the message that starts the thread the command was typed in, or whose card's button was pressed."""

    @property
    def here(self) -> str:
        """The id of the space the command was typed in.

        Raises:
            CommandError: it was typed at the command line.
        """
        if not self.space.room_id:
            raise CommandError(
                N_("This belongs to a space: type it in Webex."), hint=N_("One-to-one with me is a space too.")
            )
        return self.space.room_id

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a unit of work that only reads; what answers are made of is brought up to date before."""
        database, today, numbers = self.services.database, self.scope.today, self.scope.thresholds
        with database.read() as session:
            if today != self.now.date() or outlook.version(session, today, numbers) is not None:
                yield session
                return
        outlook.keep(database, today, numbers)
        with database.read() as session:
            yield session

    def write(self) -> AbstractContextManager[Session]:
        """Open a transaction."""
        return self.services.database.write()
