from base64 import b64decode

import pytest

from tests.sandbox.conftest import Company
from tests.sandbox.driving import BOT_EMAIL, Json, Person


def decoded(webex_id: str) -> str:
    return b64decode(webex_id + "==").decode()


def test_without_a_known_token_nothing_is_served(company: Company) -> None:
    with Person(company.box, "stolen") as stranger:
        for path in ("/v1/people/me", "/v1/rooms", "/u2c/api/v1/catalog", "/partnerhub/v1/customers"):
            assert stranger.refused("GET", path)[0] == 401


def test_the_bot_knows_itself_and_has_an_avatar(company: Company) -> None:
    me = company.bot.accepted("GET", "/v1/people/me")
    assert (me["type"], me["displayName"], me["emails"]) == ("bot", "PartnerHub", [BOT_EMAIL])
    assert company.bot.get(me["avatar"]).headers["content-type"].startswith("image/svg+xml")


def test_people_are_found_by_mail_id_and_name(company: Company) -> None:
    ana = company.bot.items("/v1/people", email="ANA.ferrer@brightwater.example")[0]
    assert company.bot.items("/v1/people", id=ana["id"]) == [ana]
    assert company.ben.items("/v1/people", displayName="ana") == [ana]
    assert company.bot.accepted("GET", f"/v1/people/{ana['id']}") == ana
    assert company.bot.refused("GET", "/v1/people")[0] == 400
    assert company.bot.refused("GET", "/v1/people/nobody")[0] == 404


def test_roles_are_shown_to_administrators_only(company: Company) -> None:
    listed = {person["emails"][0].split(".")[0]: person for person in company.admin.items("/v1/people")}
    assert set(listed) == {"ana", "ben", "chloe", "diego", "elif", "frank"}
    names = {role["id"]: role["name"] for role in company.admin.items("/v1/roles")}
    assert decoded(listed["ben"]["roles"][0]) == "ciscospark://us/ROLE/atlas-portal.partner.salesadmin"
    assert names[listed["ben"]["roles"][0]] == "Sales Administrator"
    assert listed["frank"]["roles"] == []
    assert company.admin.items("/v1/people", roles=listed["ben"]["roles"][0]) == [listed["ben"]]
    assert "roles" not in company.bot.accepted("GET", f"/v1/people/{listed['ben']['id']}")
    assert company.ana.refused("GET", "/v1/roles")[0] == 403


def test_an_outsider_is_of_another_organization(company: Company) -> None:
    ana, gina = company.ana.accepted("GET", "/v1/people/me"), company.gina.accepted("GET", "/v1/people/me")
    assert ana["orgId"] != gina["orgId"]


WRITABLE = ("emails", "displayName", "firstName", "lastName", "nickName", "orgId", "roles", "licenses")


def put_person(company: Company, person: Json, **changes: object) -> Json:
    body = {name: person[name] for name in WRITABLE} | changes
    return company.admin.accepted("PUT", f"/v1/people/{person['id']}", json=body)


def test_an_administrator_gives_and_takes_roles(fresh: Company) -> None:
    roles = {role["name"]: role["id"] for role in fresh.admin.items("/v1/roles")}
    frank = fresh.admin.items("/v1/people", displayName="Frank")[0]
    wanted = [roles["Sales Administrator"], roles["User Administrator"]]
    assert put_person(fresh, frank, roles=wanted)["roles"] == wanted
    org = fresh.admin.items("/v1/organizations")[0]["id"]
    fresh.admin.accepted("POST", f"/v1/partner/organizations/{org}/partnerAdmin/{frank['id']}/assign")
    assert put_person(fresh, frank, roles=wanted[1:], displayName="Franz Novak")["displayName"] == "Franz Novak"
    admins = fresh.admin.items(f"/v1/partner/organizations/{org}/partnerAdmins")
    assert frank["id"] not in [admin["id"] for admin in admins]
    assert fresh.admin.accepted("GET", f"/v1/people/{frank['id']}")["roles"] == wanted[1:]


@pytest.mark.parametrize(
    "wrong", [{"displayName": ""}, {"roles": "all"}, {"roles": ["king"]}, {"roles": [5]}, {"emails": ["x@y.example"]}]
)
def test_a_senseless_change_of_a_person_is_refused(company: Company, wrong: Json) -> None:
    frank = company.admin.items("/v1/people", displayName="Frank")[0]
    assert company.admin.refused("PUT", f"/v1/people/{frank['id']}", json=frank | wrong)[0] == 400
    assert company.admin.accepted("GET", f"/v1/people/{frank['id']}") == frank


def test_only_administrators_change_people_and_only_their_own(company: Company) -> None:
    ana, gina = company.ana.accepted("GET", "/v1/people/me"), company.gina.accepted("GET", "/v1/people/me")
    assert company.ana.refused("PUT", f"/v1/people/{ana['id']}", json=ana)[0] == 403
    assert company.admin.refused("PUT", f"/v1/people/{gina['id']}", json=gina)[0] == 403
    too_many = ",".join([ana["id"]] * 86)
    assert company.admin.refused("GET", "/v1/people", params={"id": too_many})[0] == 400
