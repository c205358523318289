"""Partner reports from the sandbox, and archives as they should not be."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import NotFound, Rejected, Unavailable
from hub.partner_reports import KINDS, NUMBERS, USAGE, Kind, PartnerReports, Unusable, read_rows
from hub.partner_reports.reading import Fault
from hub.webex import PartnerClient
from tests.bot.box import Box, running_box

FIRST, LAST = date(2026, 11, 15), date(2026, 11, 21)


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running_box(customers=30) as box:
        yield box


@pytest.fixture
def reports(box: Box) -> Iterator[PartnerReports]:
    client = PartnerClient(box.url, box.admin_token)
    yield client.reports
    client.close()


def fetched(reports: PartnerReports, kind: Kind, region: str, to: Path) -> Path:
    report = reports.ask(reports.template(kind), FIRST, LAST, region)
    while not (seen := reports.progress(report)).done:
        assert not seen.failed
    assert seen.url is not None
    reports.fetch(seen.url, to)
    return to


def rows(archive: Path, kind: Kind) -> list[dict[str, str]]:
    return [
        {str(name): str(cell) for name, cell in row.items()}
        for frame in read_rows(archive, kind)
        for row in frame.to_dict("records")
    ]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_cell_comes_through(reports: PartnerReports, kind: Kind, tmp_path: Path) -> None:
    archive = fetched(reports, kind, "US", tmp_path / "report")
    with zipfile.ZipFile(archive) as opened, opened.open(opened.namelist()[0]) as file:
        expected = list(csv.DictReader(io.TextIOWrapper(file, "utf-8-sig")))
    assert len(expected) > 5
    assert rows(archive, kind) == expected


def test_a_region_without_customers_has_no_rows(reports: PartnerReports, tmp_path: Path) -> None:
    assert rows(fetched(reports, USAGE, "ZZ", tmp_path / "report"), USAGE) == []


def test_a_range_that_webex_does_not_take_is_rejected(reports: PartnerReports) -> None:
    with pytest.raises(Rejected):
        reports.ask(reports.template(USAGE), date(2026, 9, 1), date(2026, 10, 31), "US")


def test_a_report_that_is_gone_is_told(reports: PartnerReports) -> None:
    with pytest.raises(NotFound):
        reports.progress("nowhere")


def test_our_token_goes_to_no_other_host(reports: PartnerReports, tmp_path: Path) -> None:
    for url in (
        "http://127.0.0.1:9/file",
        "https://elsewhere.example/file",
        "file:///etc/passwd",
        "https://webex.com.evil",
    ):
        with pytest.raises(Unavailable, match="not one of its own"):
            reports.fetch(url, tmp_path / "report")


@pytest.fixture
def archive(tmp_path: Path) -> Callable[..., Path]:
    def make(**tables: bytes | str) -> Path:
        path = tmp_path / "archive"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
            for name, content in tables.items():
                opened.writestr(name, content)
        return path

    return make


HEADER = ",".join(NUMBERS.columns)


def fault_of(path: Path) -> tuple[Fault, str]:
    with pytest.raises(Unusable) as caught:
        rows(path, NUMBERS)
    return caught.value.fault, caught.value.detail


def test_columns_are_found_by_name_and_further_ones_passed_over(archive: Callable[..., Path]) -> None:
    names = ["New Column", *reversed([name.upper() for name in NUMBERS.columns])]
    path = archive(**{"a.csv": ",".join(names) + "\r\n" + ",".join(["x", *map(str, range(14))])})
    assert list(rows(path, NUMBERS)[0].values()) == [str(number) for number in reversed(range(14))]


def test_a_path_in_a_name_is_no_path(archive: Callable[..., Path], tmp_path: Path) -> None:
    path = archive(**{"../../outside.csv": f"{HEADER}\n{',' * 13}\n"})
    assert len(rows(path, NUMBERS)) == 1
    assert not list(tmp_path.parent.glob("outside.csv"))


def test_a_blank_table_has_no_rows(archive: Callable[..., Path]) -> None:
    assert rows(archive(**{"a.csv": b""}), NUMBERS) == []
    assert rows(archive(**{"a.csv": f"{HEADER}\n"}), NUMBERS) == []


def test_what_looks_like_a_number_stays_as_it_is_written(archive: Callable[..., Path]) -> None:
    path = archive(**{"a.csv": f"{HEADER}\n" + ",".join(["007", "NA", "null", "1e5", *[""] * 10])})
    assert list(rows(path, NUMBERS)[0].values())[:4] == ["007", "NA", "null", "1e5"]


def test_a_table_without_a_column_is_told_with_its_name(archive: Callable[..., Path]) -> None:
    path = archive(**{"a.csv": HEADER.replace("Country,", "").replace(",Active", "") + "\n"})
    assert fault_of(path) == (Fault.MISSING_COLUMNS, "Country, Active")


def test_archives_as_they_should_not_be(archive: Callable[..., Path], tmp_path: Path) -> None:
    assert fault_of(archive(**{"readme.txt": "nothing"})) == (Fault.NO_TABLE, "")
    assert fault_of(archive(**{"a.csv": HEADER, "b.csv": HEADER})) == (Fault.SEVERAL_TABLES, "2")
    assert fault_of(archive(**{"a.csv": b"\n\n"}))[0] == Fault.NO_COLUMNS
    assert fault_of(archive(**{"a.csv": HEADER.encode() + b"\n\xff\xfe" + b"," * 13}))[0] == Fault.ENCODING
    assert fault_of(archive(**{"a.csv": HEADER + "\n" + ',"never closed' * 3}))[0] == Fault.BROKEN
    (tmp_path / "page").write_bytes(b"<html>sign in</html>")
    assert fault_of(tmp_path / "page")[0] == Fault.NOT_AN_ARCHIVE


def test_a_bomb_is_not_unpacked(archive: Callable[..., Path]) -> None:
    assert fault_of(archive(**{"a.csv": HEADER.encode() + b"\n" + b"0" * 30_000_000}))[0] == Fault.TOO_LARGE


NUMBERED = "\n".join(",".join(str(row * 14 + cell) for cell in range(14)) for row in range(90))


@given(cut=st.integers(0, 2_000), flipped=st.integers(0, 2_000))
def test_a_damaged_archive_is_refused_or_read_whole(
    tmp_path_factory: pytest.TempPathFactory, cut: int, flipped: int
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "archive"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("a.csv", f"{HEADER}\n{NUMBERED}")
    whole = rows(path, NUMBERS)
    content = bytearray(path.read_bytes())
    content[min(flipped, len(content) - 1)] ^= 0x55
    path.write_bytes(content[: max(1, len(content) - cut)])
    with suppress(Unusable):
        assert len(rows(path, NUMBERS)) == len(whole)
