from pathlib import Path

import pytest

from sandbox import page
from tests.sandbox.conftest import Company

INSTALLED = all(folder.is_dir() for folder in page.VENDOR.values())


@pytest.mark.skipif(not INSTALLED, reason="the page's packages are not installed")
def test_the_page_and_what_it_draws_with_are_served(company: Company) -> None:
    assert company.ana.get("/").headers["content-type"].startswith("text/html")
    script = company.ana.get("/page/vendor/adaptivecards/adaptivecards.min.js")
    assert script.headers["content-type"].startswith("text/javascript")


def test_without_its_packages_the_page_says_what_to_do(
    company: Company, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(page.VENDOR, "adaptivecards", tmp_path / "missing")
    response = company.ana.get("/")
    assert response.status_code == 503
    assert "make setup" in response.text
    assert company.ana.get("/page/vendor/adaptivecards/adaptivecards.min.js").text == response.text
    assert company.ana.refused("GET", "/page/vendor/unknown/file.js")[0] == 404


def test_nothing_outside_the_page_is_served(company: Company) -> None:
    for path in ("/page/../server.py", "/page/%2e%2e/server.py", "/page/vendor/adaptivecards/%2e%2e/package.json"):
        assert company.ana.get(path).status_code == 404
