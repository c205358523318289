"""Webex's partner interfaces, in records of our own (Webex API reference: Organizations, Licenses, People, Partner)."""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import httpx

from hub.access import Role
from hub.errors import NotAllowed, NotFound, Unavailable
from hub.http import Api
from hub.wire import Skipped, WebexLicence, WebexOrganization, read_each

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

AT_ONCE = 8
"""Requests under way at once where many organizations are asked about."""


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
        token: str,
        *,
        roles: Mapping[str, Role] = ROLES,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._api = Api("Webex", f"{url}/v1/", token, transport)
        self._roles = roles

    def close(self) -> None:
        """Give back every connection."""
        self._api.close()

    @cached_property
    def org_id(self) -> str:
        """UUID of the partner's own organization."""
        return uuid_of(self._api.get("people/me")["orgId"])

    def organizations(self, skipped: Skipped) -> list[Organization]:
        """Return every customer organization that can be read; the list is never paged."""
        found = read_each(self._api.pages("organizations"), "organization", _organization, skipped)
        return [each for each in found if each.org_id != self.org_id]

    def licences(self, org_ids: Sequence[str], skipped: Skipped) -> Iterator[tuple[str, list[LicenceCount] | None]]:
        """Yield each organization with its licences that belong to a subscription, several asked at once.

        None stands for an organization that our token may not look into, or that is not there any more.
        """

        def licences_of(org_id: str) -> list[LicenceCount] | None:
            try:
                records = list(self._api.pages("licenses", {"orgId": webex_id("ORGANIZATION", org_id)}))
            except (NotAllowed, NotFound) as error:
                skipped.note(f"licences of {org_id}", error)
                return None
            ours = [each for each in records if not isinstance(each, dict) or each.get("subscriptionId")]
            return read_each(ours, "licence", _licence, skipped)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from zip(org_ids, pool.map(licences_of, org_ids), strict=True)

    def person(self, email: str) -> PartnerPerson | None:
        """Find somebody of the partner's own organization by e-mail."""
        return next(map(self._person, self._api.pages("people", {"email": email})), None)

    def people_with(self, role: Role) -> list[PartnerPerson]:
        """Return the people of the partner's own organization who hold a partner role."""
        ids = [role_id for role_id, known in self._role_ids.items() if known is role]
        return [self._person(each) for role_id in ids for each in self._api.pages("people", {"roles": role_id})]

    def _person(self, found: Mapping[str, Any]) -> PartnerPerson:
        roles = {self._role_ids[role] for role in found.get("roles") or () if role in self._role_ids}
        return PartnerPerson(
            found["id"], found["emails"][0].lower(), found["displayName"], uuid_of(found["orgId"]), frozenset(roles)
        )

    @cached_property
    def _role_ids(self) -> Mapping[str, Role]:
        """Partner roles by the id that people carry: ids are matched, names are never compared."""
        return {
            each["id"]: self._roles[_last_part(each["id"])]
            for each in self._api.pages("roles")
            if _last_part(each["id"]) in self._roles
        }

    def assigned_to(self, person_id: str) -> list[str]:
        """Return the customers (UUIDs) that a partner administrator is assigned to."""
        found = self._api.pages("partner/organizations", {"managedBy": person_id})
        return [uuid_of(each.get("orgId") or each["id"]) for each in found]

    def administrators_of(self, org_id: str) -> list[CustomerAdministrator]:
        """Return the partner administrators assigned to a customer."""
        found = self._api.pages(f"partner/organizations/{webex_id('ORGANIZATION', org_id)}/partnerAdmins")
        return [
            CustomerAdministrator(each["id"], each["emails"][0].lower(), each["displayName"], each["roleInCustomerOrg"])
            for each in found
        ]

    def assign(self, org_id: str, person_id: str) -> None:
        """Give a customer to a partner administrator."""
        self._api.send("POST", f"{self._administration(org_id, person_id)}/assign")

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

    def customer_tags(self) -> dict[str, list[str]]:
        """Return the tags of every tagged customer, by UUID."""
        names = [each["name"] for each in self._api.pages("partner/tags", {"type": "ORGANIZATION"})]
        if not names:
            return {}
        found = self._api.pages("partner/tags/organizations", {"tags": ",".join(names), "max": 100})
        return {uuid_of(each["orgId"]): list(each["tags"]) for each in found}

    def subscription_tags(self) -> dict[str, list[str]]:
        """Return the tags of every tagged subscription, by its id."""
        names = [each["name"] for each in self._api.pages("partner/tags", {"type": "SUBSCRIPTION"})]
        if not names:
            return {}
        found = self._api.pages("partner/tags/subscriptions", {"tags": ",".join(names), "max": 100})
        return {each["subscriptionId"]: list(each["tags"]) for each in found}

    def tags_of(self, org_id: str) -> list[str]:
        """Return the tags of one customer."""
        return list(self._api.get(f"partner/tags/organizations/{webex_id('ORGANIZATION', org_id)}")["tags"])

    def set_tags(self, org_id: str, tags: Iterable[str]) -> None:
        """Replace the tags of a customer; none clears them."""
        path = f"partner/tags/organizations/{webex_id('ORGANIZATION', org_id)}/assignTags"
        self._api.send("POST", path, {"tags": [{"name": tag, "description": ""} for tag in tags]})


def uuid_of(identity: str) -> str:
    """Return the UUID in a Webex id (unpadded base64 of `ciscospark://…/KIND/uuid`), or a UUID as it is.

    Raises:
        ValueError: it is neither.
    """
    if len(identity) == 36 and identity.count("-") == 4:
        return identity.lower()
    return _last_part(identity).lower()


def webex_id(kind: str, uuid: str) -> str:
    """Return the Webex id of a UUID."""
    return base64.urlsafe_b64encode(f"ciscospark://us/{kind}/{uuid}".encode()).decode().rstrip("=")


def _last_part(identity: str) -> str:
    return base64.urlsafe_b64decode(identity + "=" * (-len(identity) % 4)).decode().rpartition("/")[2]


def _organization(record: Mapping[str, Any]) -> Organization:
    told = WebexOrganization.model_validate(record)
    return Organization(uuid_of(told.id), told.displayName, told.created.date() if told.created else None)


def _licence(record: Mapping[str, Any]) -> LicenceCount:
    told = WebexLicence.model_validate(record)
    return LicenceCount(told.subscriptionId, told.name, told.totalUnits, told.consumedUnits)
