"""Webex's partner interfaces for the office: people, roles, administrators and tags, as the bot asks for them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from hub.access import Role
from hub.ids import uuid_of, webex_id
from hub.webex import ROLES

INTERNAL = {role: name for name, role in ROLES.items()}
OTHER_ROLE = webex_id("ROLE", "id_user_admin")
"""An administrator role that is none of the partner's."""


@dataclass(frozen=True)
class KnownPerson:
    """Somebody as Webex knows them."""

    person_id: str
    email: str
    name: str
    org: str


@dataclass
class PartnerSide:
    """What the partner interfaces know; requests change it."""

    org: str
    people: Mapping[str, KnownPerson]
    roles: dict[str, tuple[Role, ...]]
    """By e-mail."""
    tags: dict[str, list[str]] = field(default_factory=dict)
    """Of customers, by UUID."""
    assigned: dict[str, set[str]] = field(default_factory=dict)
    """E-mails of partner administrators, by the customer's UUID."""
    written: list[str] = field(default_factory=list)
    """Every request that changed something, by method and path."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer like Webex."""
        path = request.url.path.removeprefix("/v1/")
        if request.method != "GET":
            self.written.append(f"{request.method} {path}")
        for pattern, method in (
            (r"people/me", self._me),
            (r"roles", self._roles),
            (r"people", self._people),
            (r"people/(?P<person>[^/]+)", self._person),
            (r"partner/tags/organizations/(?P<org>[^/]+)(/assignTags)?", self._tags),
            (r"partner/organizations/(?P<org>[^/]+)/partnerAdmins", self._administrators),
            (r"partner/organizations/(?P<org>[^/]+)/partnerAdmin/(?P<person>[^/]+)/\w+", self._reassign),
            (r"partner/organizations/partnerAdmin/(?P<person>[^/]+)", self._revoke),
        ):
            if found := re.fullmatch(pattern, path):
                return httpx.Response(200, json=method(request, **found.groupdict()))
        return httpx.Response(404, json={"message": "not played here"})

    def _me(self, _: httpx.Request) -> Any:
        return {"orgId": webex_id("ORGANIZATION", self.org)}

    def _roles(self, _: httpx.Request) -> Any:
        return {"items": [{"id": webex_id("ROLE", name), "name": name} for name in ROLES]}

    def _people(self, request: httpx.Request) -> Any:
        email, role = request.url.params.get("email"), request.url.params.get("roles")
        found = [
            each for each in map(self._shown, self.people.values()) if email in each["emails"] or role in each["roles"]
        ]
        return {"items": found}

    def _person(self, request: httpx.Request, person: str) -> Any:
        known = self._known(person)
        if request.method == "PUT":
            body = json.loads(request.content)
            assert OTHER_ROLE in body["roles"], "a role that is none of the partner's was taken away"
            assert body["title"] == "Boss", "what is not sent back is lost"
            by_id = {webex_id("ROLE", name): role for name, role in ROLES.items()}
            self.roles[known.email] = tuple(by_id[each] for each in body["roles"] if each != OTHER_ROLE)
        return self._shown(known)

    def _tags(self, request: httpx.Request, org: str) -> Any:
        if request.method == "POST":
            self.tags[uuid_of(org)] = [tag["name"] for tag in json.loads(request.content)["tags"]]
        return {"tags": self.tags.get(uuid_of(org), [])}

    def _administrators(self, _: httpx.Request, org: str) -> Any:
        people = [self.people[email] for email in sorted(self.assigned.get(uuid_of(org), ()))]
        return {"items": [{**self._shown(each), "roleInCustomerOrg": "id_full_admin"} for each in people]}

    def _reassign(self, request: httpx.Request, org: str, person: str) -> Any:
        emails = self.assigned.setdefault(uuid_of(org), set())
        (emails.add if request.method == "POST" else emails.discard)(self._known(person).email)
        return {}

    def _revoke(self, _: httpx.Request, person: str) -> Any:
        email = self._known(person).email
        self.roles[email] = ()
        for emails in self.assigned.values():
            emails.discard(email)
        return {}

    def _known(self, person_id: str) -> KnownPerson:
        return next(each for each in self.people.values() if each.person_id == person_id)

    def _shown(self, one: KnownPerson) -> dict[str, Any]:
        return {
            "id": one.person_id,
            "emails": [one.email],
            "displayName": one.name,
            "title": "Boss",
            "orgId": webex_id("ORGANIZATION", one.org),
            "roles": [OTHER_ROLE, *(webex_id("ROLE", INTERNAL[role]) for role in self.roles[one.email])],
        }
