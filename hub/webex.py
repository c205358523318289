"""Webex's partner interfaces, in records of our own (Webex API reference: Organizations, Licenses, People, Partner)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import count
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from hub.access import Role
from hub.bulk import chunks
from hub.errors import NotAllowed, NotFound, Unavailable
from hub.http import Api
from hub.ids import last_part, webex_id
from hub.partner_reports import PartnerReports
from hub.tokens import FixedToken, Tokens
from hub.wire.reading import Skipped, read_each, read_one
from hub.wire.webex import (
    ManagedOrganization,
    TaggedOrganization,
    TaggedSubscription,
    Tags,
    WebexAdministrator,
    WebexLicence,
    WebexMe,
    WebexOrganization,
    WebexPerson,
    WebexRole,
    WebexTag,
)

ROLES: Mapping[str, Role] = {
    "atlas-portal.partner.salesfulladmin": Role.FULL,
    "atlas-portal.partner.salesadmin": Role.ADMIN,
    "atlas-portal.partner.readonly": Role.READ_ONLY,
    "atlas-portal.partner.helpdesk": Role.HELP_DESK,
    "atlas-portal.partner.helpdesk.advanced": Role.HELP_DESK_ADVANCED,
}
"""Partner roles by Webex's internal name of the role. The first, third and last are not confirmed: a setting."""

_WRITABLE = frozenset(
    {
        *("emails", "displayName", "firstName", "lastName", "nickName", "avatar", "orgId", "roles", "licenses"),
        *("phoneNumbers", "extension", "locationId", "addresses", "siteUrls", "loginEnabled"),
        *("department", "manager", "managerId", "title"),
    }
)
"""What PUT /people/{personId} takes, all of it at once (Webex API reference, Update a Person)."""

SOURCE = "Webex"
AT_ONCE = 8
"""Requests under way at once where many organizations are asked about."""
TOLERATED = 5
"""Organizations that may fail before it is Webex that fails."""
TAGS_AT_ONCE = 20
"""Tags named in one request: its address must not grow too long."""

TaggedT = TypeVar("TaggedT", TaggedOrganization, TaggedSubscription)


@dataclass(frozen=True)
class Organization:
    """A customer organization; `org_id` is its UUID."""

    org_id: str
    name: str
    created: date | None


@dataclass(frozen=True)
class LicenceCount:
    """One licence of a subscription; counts are None where Webex gives none."""

    subscription_id: str
    name: str
    total: int | None
    assigned: int | None


@dataclass(frozen=True)
class PartnerPerson:
    """Somebody of the partner's own organization."""

    person_id: str
    email: str
    display_name: str
    org_id: str
    roles: frozenset[str]


@dataclass(frozen=True)
class CustomerAdministrator:
    """Somebody assigned to a customer; `role` is Webex's internal name of their role in that organization."""

    person_id: str
    email: str
    display_name: str
    role: str


class PartnerClient:
    """Calls the partner interfaces with an administrator's token. Every call raises `hub.errors.SourceError`."""

    def __init__(
        self,
        url: str,
        token: str | Tokens,
        *,
        roles: Mapping[str, Role] = ROLES,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        tokens = FixedToken(token, "PARTNERBOT_ADMIN_TOKEN") if isinstance(token, str) else token
        self._api = Api(SOURCE, f"{url}/v1/", tokens, transport=transport)
        self._roles = roles

    def close(self) -> None:
        """Give back every connection."""
        self._api.close()

    @property
    def requests_sent(self) -> int:
        """How many requests were sent so far."""
        return self._api.requests_sent

    @cached_property
    def org_id(self) -> str:
        """UUID of the partner's own organization."""
        return read_one(self._api.get("people/me"), WebexMe, SOURCE).orgId

    def organizations(self, skipped: Skipped) -> list[Organization]:
        """Return every customer organization that can be read; the list is never paged."""
        found = read_each(self._api.pages("organizations"), "organization", WebexOrganization.model_validate, skipped)
        return [Organization(each.id, each.displayName, each.created) for each in found if each.id != self.org_id]

    def licences(self, org_ids: Sequence[str], skipped: Skipped) -> Iterator[tuple[str, list[LicenceCount] | None]]:
        """Yield each organization with its licences that belong to a subscription, several asked at once.

        None stands for an organization that our token may not look into, that is not there any more, or of which Webex
        tells nothing that can be read. Where that happens to many it is Webex that fails.
        """
        failed = count(1)

        def licences_of(org_id: str) -> list[LicenceCount] | None:
            try:
                records = list(self._api.pages("licenses", {"orgId": webex_id("ORGANIZATION", org_id)}))
            except (NotAllowed, NotFound) as error:
                skipped.note(f"licences of {org_id}", error)
                return None
            except Unavailable as error:
                if next(failed) > TOLERATED:
                    raise
                skipped.note(f"licences of {org_id}", error)
                return None
            ours = [each for each in records if not isinstance(each, dict) or each.get("subscriptionId")]
            unreadable = Skipped()
            found = read_each(ours, f"licence of {org_id}:", WebexLicence.model_validate, unreadable)
            skipped.take(unreadable)
            # Licences are added up: without one of them the sums would be wrong.
            if unreadable.count:
                return None
            return [LicenceCount(each.subscriptionId, each.name, each.totalUnits, each.consumedUnits) for each in found]

        pool = ThreadPoolExecutor(AT_ONCE)
        try:
            yield from zip(org_ids, pool.map(licences_of, org_ids), strict=True)
        finally:
            pool.shutdown(cancel_futures=True)

    def person(self, email: str) -> PartnerPerson | None:
        """Find somebody of the partner's own organization by e-mail."""
        found = next(self._api.pages("people", {"email": email}), None)
        return None if found is None else self._person(read_one(found, WebexPerson, SOURCE))

    def people_with(self, role: Role, skipped: Skipped) -> list[PartnerPerson]:
        """Return the people of the partner's own organization who hold a partner role."""
        ids = [role_id for role_id, known in self._role_ids.items() if known is role]
        records = (each for role_id in ids for each in self._api.pages("people", {"roles": role_id}))
        return [self._person(each) for each in read_each(records, "person", WebexPerson.model_validate, skipped)]

    def _person(self, found: WebexPerson) -> PartnerPerson:
        roles = {self._role_ids[role] for role in found.roles or () if role in self._role_ids}
        return PartnerPerson(found.id, found.emails[0].lower(), found.displayName, found.orgId, frozenset(roles))

    @cached_property
    def _role_ids(self) -> Mapping[str, Role]:
        """Partner roles by the id that people carry: ids are matched, names are never compared."""

        def role(record: Mapping[str, Any]) -> tuple[str, Role | None]:
            identity = WebexRole.model_validate(record).id
            return identity, self._roles.get(last_part(identity))

        found = read_each(self._api.pages("roles"), "role", role, Skipped())
        return {identity: known for identity, known in found if known}

    def assigned_to(self, person_id: str, skipped: Skipped) -> list[str]:
        """Return the customers (UUIDs) that a partner administrator is assigned to."""
        records = self._api.pages("partner/organizations", {"managedBy": person_id})
        return [each.orgId for each in read_each(records, "assignment", ManagedOrganization.model_validate, skipped)]

    def administrators_of(self, org_id: str) -> list[CustomerAdministrator]:
        """Return the partner administrators assigned to a customer."""
        records = self._api.pages(f"partner/organizations/{webex_id('ORGANIZATION', org_id)}/partnerAdmins")
        found = read_each(records, "administrator", WebexAdministrator.model_validate, Skipped())
        return [
            CustomerAdministrator(each.id, each.emails[0].lower(), each.displayName, each.roleInCustomerOrg)
            for each in found
        ]

    def assign(self, org_id: str, person_id: str) -> None:
        """Give a customer to a partner administrator."""
        self._api.send("POST", f"{self._administration(org_id, person_id)}/assign", replaces=True)

    def unassign(self, org_id: str, person_id: str) -> None:
        """Take a customer from a partner administrator, whose role stays."""
        self._api.send("DELETE", f"{self._administration(org_id, person_id)}/unassign")

    def revoke(self, person_id: str) -> None:
        """Take all partner roles, and so all customers, from somebody of the partner's own organization."""
        self._api.send("DELETE", f"partner/organizations/partnerAdmin/{person_id}")

    def set_roles(self, person_id: str, roles: Set[str]) -> None:
        """Give somebody exactly these partner roles; other roles of theirs stay.

        Raises:
            Unavailable: Webex lists no role that is one of these.
        """
        known = self._api.get(f"people/{person_id}")
        ids = {role: role_id for role_id, role in self._role_ids.items()}
        if missing := [role for role in roles if role not in ids]:
            raise Unavailable("Webex", f"it lists no role that is {missing[0]}")
        others = [role_id for role_id in known.get("roles") or () if role_id not in self._role_ids]
        person = {name: value for name, value in known.items() if name in _WRITABLE}
        self._api.send(
            "PUT", f"people/{person_id}", {**person, "roles": [*others, *sorted(ids[Role(r)] for r in roles)]}
        )

    @staticmethod
    def _administration(org_id: str, person_id: str) -> str:
        return f"partner/organizations/{webex_id('ORGANIZATION', org_id)}/partnerAdmin/{person_id}"

    @cached_property
    def reports(self) -> PartnerReports:
        """The partner reports, asked for with the same token."""
        return PartnerReports(self._api)

    def customer_tags(self, skipped: Skipped) -> dict[str, list[str]]:
        """Return the tags of every tagged customer, by UUID."""
        found = self._tagged("organizations", "ORGANIZATION", TaggedOrganization, skipped)
        return {each.orgId: each.tags for each in found}

    def subscription_tags(self, skipped: Skipped) -> dict[str, list[str]]:
        """Return the tags of every tagged subscription, by its id."""
        found = self._tagged("subscriptions", "SUBSCRIPTION", TaggedSubscription, skipped)
        return {each.subscriptionId: each.tags for each in found}

    def _tagged(self, what: str, tag_type: str, kind: type[TaggedT], skipped: Skipped) -> Iterator[TaggedT]:
        names = read_each(self._api.pages("partner/tags", {"type": tag_type}), "tag", WebexTag.model_validate, skipped)
        for some in chunks((each.name for each in names), TAGS_AT_ONCE):
            records = self._api.pages(f"partner/tags/{what}", {"tags": ",".join(some), "max": 100})
            yield from read_each(records, f"tags of {what}", kind.model_validate, skipped)

    def tags_of(self, org_id: str, subscription_id: str | None = None) -> list[str]:
        """Return the tags of one customer, or of one of its subscriptions."""
        return read_one(self._api.get(_tags_path(org_id, subscription_id)), Tags, SOURCE).tags

    def set_tags(self, org_id: str, tags: Iterable[str], subscription_id: str | None = None) -> None:
        """Replace the tags of a customer, or of one of its subscriptions; none clears them."""
        body = {"tags": [{"name": tag, "description": ""} for tag in tags]}
        self._api.send("POST", f"{_tags_path(org_id, subscription_id)}/assignTags", body, replaces=True)


def _tags_path(org_id: str, subscription_id: str | None) -> str:
    of_customer = f"partner/tags/organizations/{webex_id('ORGANIZATION', org_id)}"
    return f"{of_customer}/subscriptions/{quote(subscription_id, safe='')}" if subscription_id else of_customer
