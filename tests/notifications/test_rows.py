"""Lists and tables are cut between rows, each part under its heading; no part is over the limit."""

from hypothesis import given
from hypothesis import strategies as st

from notifications.rows import split_rows

LIMIT = 300
words = st.text(st.characters(exclude_characters="`~\n|", exclude_categories=["Z", "C"]), min_size=1, max_size=60)


def rows_of(part: str) -> list[str]:
    return [line for line in part.split("\n") if line.startswith("- ")]


@given(st.lists(words, min_size=1, max_size=60), st.integers(128, 1000))
def test_every_row_is_there_once_whole_and_in_order_under_its_heading(names: list[str], limit: int) -> None:
    rows = [f"- {number}{name}" for number, name in enumerate(names)]
    parts = split_rows("\n".join(["**40 end**", "", *rows]), limit)
    assert all(len(part.encode()) <= limit for part in parts)
    if all(len(row.encode()) < limit // 2 for row in rows):
        assert [row for part in parts for row in rows_of(part)] == rows
        assert all(part.startswith("**40 end**\n\n- ") for part in parts)


@given(
    st.lists(st.one_of(words, words.map("- {}".format), words.map("| {} |".format), st.just("| --- |")), max_size=80)
)
def test_no_part_of_anything_is_over_the_limit_and_nothing_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    parts = split_rows(text, LIMIT)
    assert all(len(part.encode()) <= LIMIT for part in parts)
    together = "\n".join(parts).split("\n")
    assert all(line in together for line in text.encode(errors="replace").decode().split("\n") if line.strip())


def test_a_table_begins_with_its_header_again() -> None:
    header = ["| Customer | Ends |", "| --- | --- |"]
    parts = split_rows("\n".join(["Ends soon", *header, *(f"| Customer {n} | 2027-01-01 |" for n in range(40))]), LIMIT)
    assert len(parts) > 3
    assert all(part.split("\n")[:3] == ["Ends soon", *header] for part in parts)


def test_each_list_has_its_own_heading() -> None:
    text = "\n".join(
        line for title in ("Expired", "Suspended") for line in (title, *(f"- customer number {n}" for n in range(20)))
    )
    for part in split_rows(text, LIMIT):
        first, *others = part.split("\n")
        assert first in ("Expired", "Suspended")
        assert all(line.startswith("- ") or line == "Suspended" for line in others)


def test_code_is_left_to_the_other_way() -> None:
    parts = split_rows("\n".join(["Code", "```", *["- x"] * 200, "```"]), LIMIT)
    assert all(part.count("```") == 2 for part in parts)
