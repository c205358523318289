"""Import in chat: a file that is attached, its summary and rejected rows, what is refused, and what removes."""

import pytest
from sqlmodel import select

from commands.import_texts import FAULTS, NOTES, REASONS
from hub.importing import problems, summary
from storage.tables import Audit, Customer
from tests.commands.office import ANA, BEN, CHLOE, Office
from tests.hub.definitions.partner import Held, Org, put

HEADER = "customer,org_id,subscription_id,type,product,start_date,end_date,total,assigned,colour\n"
ACME = "Acme,2f1d3b5c-7a90-4c1e-8d22-5b6f7a8c9d01,Sub1,subscription,Calling,2026-01-01,2027-01-01,10,5,red\n"
GLOBEX = "Globex,7c2e4f60-1b3d-4e5f-9a08-1c2d3e4f5a6b,Sub2,trial,Calling,2026-01-01,2026-12-31,10,15,\n"
BAD = "Bad,no-uuid,,,,,,,,\n=HYPERLINK(1),7c2e4f60-1b3d-4e5f-9a08-1c2d3e4f5a6c,Sub3,trial,Calling,03/04/2026,,x,,\n"


def csv(*rows: str, name: str = "customers.csv") -> list[tuple[str, bytes]]:
    return [(name, (HEADER + "".join(rows)).encode())]


def customers(office: Office) -> set[str]:
    with office.database.read() as session:
        return set(session.exec(select(Customer.name)))


def test_a_file_goes_in_with_a_summary_and_its_rejected_rows_as_a_file(office: Office) -> None:
    said = office.say(ANA, "import", files=csv(ACME, GLOBEX, BAD))
    assert customers(office) == {"Acme", "Globex"}
    assert "Partly imported" in said.text
    assert "Customers: 2 new, 0 changed, 0 unchanged" in said.text
    assert "Unknown columns: colour" in said.text
    assert "more licences assigned than bought (1: 3)" in said.text
    assert "2 rows were left out" in said.text
    file = said.messages[-1].message
    assert file.file is not None
    lines = file.file.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "Line,Column,Value,Reason"
    assert lines[1] == "4,org_id,no-uuid,is neither a UUID nor the Webex id of one"
    assert any("03/04/2026" in line and "dayfirst" in line for line in lines)
    again = office.say(ANA, "importar", files=csv(ACME, GLOBEX)).text
    assert "2 sin cambios" in again
    with office.database.read() as session:
        assert session.exec(select(Audit.what)).all() == ["import", "import"]


def test_options_are_words(office: Office) -> None:
    dated = ACME.replace("2026-01-01", "03/04/2026")
    assert "Nothing was imported" in office.say(ANA, "import strict", files=csv(dated, GLOBEX)).text
    assert customers(office) == set()
    assert "1 new" in office.say(ANA, "import as of 2026-11-15 strict dayfirst", files=csv(dated)).text
    assert "no day" in office.say(ANA, "import as of 2026-02-31", files=csv(ACME)).text


def test_what_removes_is_asked_about_with_what_it_would_remove_and_done_once(office: Office) -> None:
    office.say(ANA, "import", files=csv(ACME, GLOBEX))
    question = office.say(ANA, "import full", files=csv(ACME))
    assert "Customers removed: 1" in question.text
    assert customers(office) == {"Acme", "Globex"}
    run = question.card["actions"][0]["data"]["run"]
    assert "removed: 1" in office.say(ANA, run, inputs={}).text
    assert customers(office) == {"Acme"}
    assert "done already" in office.say(ANA, run, inputs={}).text
    assert "cannot be taken back" in office.say(ANA, "undo").text


def test_a_button_reads_no_file_of_another_space(office: Office) -> None:
    office.rooms = {"one": (ANA,), "two": (ANA,)}
    question = office.say(ANA, "import full", "one", files=csv(ACME))
    run = question.card["actions"][0]["data"]["run"]
    assert "Attach the file" in office.say(ANA, run, "two", inputs={}).text
    assert customers(office) == set()


@pytest.mark.parametrize("language", ["en", "es"])
def test_without_a_file_it_explains_with_a_template_that_goes_in(office: Office, language: str) -> None:
    office.say(ANA, f"settings language {language}")
    said = office.say(ANA, "import")
    template = said.messages[-1].message
    assert template.file is not None
    content = template.file.read_bytes()
    done = office.say(ANA, "import", files=[("template.csv", content)])
    assert customers(office) == {"Acme Retail", "Globex"}
    assert len(done.messages) == 1, "nothing of it is rejected"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("book.xlsx", b"PK\x03\x04rest")], "workbook or an archive"),
        ([("picture.png", b"\x89PNG")], "no CSV file by its name"),
        ([("a.csv", "customer;org_id\nJosé;1".encode("latin-1"))], "not UTF-8"),
        ([("a.csv", b"")], "is empty"),
        ([("a.csv", b"colour,size\nred,1\n")], "names no column"),
        ([("a.csv", b"customer\nAcme\n")], "A column is missing: org_id"),
        ([("a.csv", b"x" * 50_000_001)], "more than 50 MB"),
        ([*csv(ACME), *csv(GLOBEX, name="b.csv")], "one file at a time"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_such_file_is_told_clearly(office: Office, files: list[tuple[str, bytes]], said: str) -> None:
    assert said in office.say(ANA, "import", files=files).text
    assert customers(office) == set()


def test_only_where_all_customers_may_be_seen_and_changed(office: Office) -> None:
    office.rooms = {"mixed": (ANA, BEN)}
    with office.database.write() as session:
        put(session, [Org("Alpha", [Held()], assigned_to=(BEN.email,))])
    assert "only some may be shown" in office.say(ANA, "import", "mixed", files=csv(ACME)).text
    for who in (BEN, CHLOE):
        assert "does not cover" in office.say(who, "import", files=csv(ACME)).text
    assert customers(office) == {"Alpha"}


def test_every_text_of_an_import_is_in_the_catalogue() -> None:
    assert dict(FAULTS) == dict(problems.FAULTS)
    assert dict(REASONS) == dict(problems.REASONS)
    assert dict(NOTES) == dict(summary.NOTES)
