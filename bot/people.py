"""Who somebody is: name, organization and partner roles, as Webex or the configuration tells."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import SQLModel

from hub.errors import SourceError
from hub.ids import uuid_of
from hub.webex import PartnerClient, PartnerPerson
from notifications.audience import Member
from storage import Database
from storage.tables import Person

# A plain statement, made once: every answer waits for it, and the ORM's way takes four times as long.
_PERSON = SQLModel.metadata.tables["person"]
_KNOWN = select(_PERSON).where(_PERSON.c.email == bindparam("email"))


class People:
    """Looks people up and remembers their roles for a while.

    Without an administrator's token the configured roles (e-mail → roles) are all there is. A person whom nobody
    knows has no role, and a person of another organization is an outsider, whatever roles they hold there.
    """

    def __init__(
        self,
        database: Database,
        partner: PartnerClient | None,
        configured: Mapping[str, frozenset[str]],
        *,
        remember: timedelta = timedelta(minutes=5),
    ) -> None:
        self._database = database
        self._partner = partner
        self._configured = configured
        self._remember = remember

    def member(self, email: str, now: datetime, *, org_id: str | None = None) -> Member:
        """Return a person with their roles.

        Raises:
            SourceError: Webex cannot tell, and what was known is older than a day.
        """
        return self.as_member(self.read(email, now), org_id=org_id)

    def read(self, email: str, now: datetime) -> Person:
        """Return what is stored of a person, read anew from Webex where it is old.

        Raises:
            SourceError: Webex cannot tell, and what was known is older than a day.
        """
        email = email.lower()
        known = self._known(email)
        if known is None or known.roles_at is None or now - known.roles_at > self._remember:
            known = self._look_up(email, known, now)
        return known

    def as_member(self, known: Person, *, org_id: str | None = None) -> Member:
        """Return a stored person as the reader of a space, to which Webex may have told another organization."""
        own = self._partner.org_id if self._partner else None
        theirs = org_id or known.org_id
        is_told = own is not None and theirs is not None
        is_own = is_told and uuid_of(str(theirs)) == own
        return Member(
            known.email,
            known.display_name or known.email,
            frozenset(known.roles),
            outsider=is_told and not is_own,
            colleague=is_own,
        )

    def _known(self, email: str) -> Person | None:
        with self._database.read() as session:
            found = session.connection().execute(_KNOWN, {"email": email}).mappings().first()
        return Person(**found) if found else None

    def _roles(self, email: str, found: PartnerPerson | None) -> frozenset[str]:
        if self._partner is None:
            return self._configured.get(email, frozenset())
        return frozenset(found.roles) if found else frozenset()

    def _look_up(self, email: str, known: Person | None, now: datetime) -> Person:
        try:
            found = self._partner.person(email) if self._partner else None
        except SourceError:
            if known is None or known.roles_at is None or now - known.roles_at > timedelta(days=1):
                raise
            return known
        with self._database.write() as session:
            # Read anew: what the person chose meanwhile, a language for example, stays.
            person = session.get(Person, email) or Person(email=email)
            person.roles = sorted(self._roles(email, found))
            person.roles_at = now
            if found:
                person.person_id, person.display_name, person.org_id = (
                    found.person_id,
                    found.display_name,
                    found.org_id,
                )
            session.add(person)
        return person
