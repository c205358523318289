"""Access tokens that expire, and how they are renewed."""

import pytest

from sandbox.oauth import ServiceApp
from tests.sandbox.conftest import Company
from tests.sandbox.driving import Json, Person

TOKENS = "/v1/access_token"


def app(company: Company) -> ServiceApp:
    credentials = company.box.service_app
    assert company.ana.accepted("GET", "/sandbox/state")["service_app"] == credentials
    return credentials


def form(company: Company, **changes: str) -> dict[str, str]:
    known = app(company)
    return {
        "grant_type": "refresh_token",
        "client_id": known["client_id"],
        "client_secret": known["client_secret"],
        "refresh_token": known["refresh_token"],
    } | changes


def renewed(company: Company, **changes: str) -> Json:
    return company.ana.accepted("POST", TOKENS, data=form(company, **changes))


def test_a_renewed_token_is_the_administrators_until_it_expires(fresh: Company) -> None:
    fresh.ana.accepted("PATCH", "/sandbox/switches", json={"access_token_seconds": 7200})
    tokens = renewed(fresh)
    assert (tokens["expires_in"], tokens["token_type"]) == (7200, "Bearer")
    assert tokens["refresh_token_expires_in"] == 90 * 86_400
    with Person(fresh.box, tokens["access_token"]) as service:
        assert service.accepted("GET", "/v1/people/me") == fresh.admin.accepted("GET", "/v1/people/me")
        assert service.items("/v1/organizations")
        assert service.items("/partnerhub/v1/customers", max=1)
        fresh.ana.accepted("POST", "/sandbox/clock", json={"advance_days": 1})
        for path in ("/v1/people/me", "/partnerhub/v1/customers"):
            assert service.refused("GET", path)[0] == 401


def test_a_used_refresh_token_lives_on_and_an_unused_one_ends(fresh: Company) -> None:
    first = app(fresh)["refresh_token"]
    for _ in range(2):
        fresh.ana.accepted("POST", "/sandbox/clock", json={"advance_days": 60})
        assert renewed(fresh)["refresh_token"] == first
    fresh.ana.accepted("POST", "/sandbox/clock", json={"advance_days": 91})
    assert fresh.ana.refused("POST", TOKENS, data=form(fresh))[0] == 400


def test_refresh_tokens_can_be_replaced_by_their_use(fresh: Company) -> None:
    fresh.ana.accepted("PATCH", "/sandbox/switches", json={"rotate_refresh_tokens": True})
    other = renewed(fresh)["refresh_token"]
    assert other != app(fresh)["refresh_token"]
    assert fresh.ana.refused("POST", TOKENS, data=form(fresh))[0] == 400
    assert renewed(fresh, refresh_token=other)["access_token"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"grant_type": "password"},
        {"grant_type": ""},
        {"client_id": "C1"},
        {"client_secret": ""},
        {"refresh_token": "stolen"},
    ],
)
def test_a_senseless_renewal_is_refused(company: Company, wrong: dict[str, str]) -> None:
    assert company.ana.refused("POST", TOKENS, data=form(company, **wrong))[0] == 400


def test_a_renewal_is_a_form(company: Company) -> None:
    assert company.ana.refused("POST", TOKENS, json=form(company))[0] == 415


def request(company: Company, **changes: object) -> Json:
    known, me = app(company), company.ana.accepted("GET", "/v1/people/me")
    body = {"clientId": known["client_id"], "clientSecret": known["client_secret"], "targetOrgId": me["orgId"]}
    return body | changes


def test_a_full_administrator_gets_the_service_apps_tokens(company: Company) -> None:
    path = f"/v1/applications/{app(company)['application_id']}/token"
    tokens = company.ana.accepted("POST", path, json=request(company))
    with Person(company.box, tokens["access_token"]) as service:
        assert service.items("/v1/organizations")
    assert renewed(company, refresh_token=tokens["refresh_token"])["access_token"]
    elsewhere = request(company, targetOrgId=company.gina.accepted("GET", "/v1/people/me")["orgId"])
    assert company.ana.refused("POST", path, json=elsewhere)[0] == 403
    for caller in (company.ben, company.admin):
        assert caller.refused("POST", path, json=request(company))[0] == 403
    for wrong in ({"clientSecret": "guess"}, {"clientId": None}, {"targetOrgId": 5}):
        assert company.ana.refused("POST", path, json=request(company, **wrong))[0] == 400
    assert company.ana.refused("POST", "/v1/applications/other/token", json=request(company))[0] == 404
