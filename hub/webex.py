"""Webex's partner interfaces, in records of our own (Webex API reference: Organizations, Licenses, People, Partner)."""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import httpx

from hub.access import Role
from hub.errors import NotAllowed, NotFound
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
