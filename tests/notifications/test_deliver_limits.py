"""Cutting what is too long: never over the limit, never inside a character, nothing lost, code stays code."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.limits import Limits, split
from notifications.outbox import Message, Outgoing, enqueue, fitting
from storage import Database
from tests.clock import ManualClock

LIMITS = Limits(markdown_bytes=200, card_bytes=300, spare_bytes=20)

words = st.text(st.characters(exclude_characters="`~\n", exclude_categories=["Z", "C"]), min_size=1, max_size=60)
any_text = st.text(max_size=2000)
lines = st.lists(st.text(st.characters(exclude_characters="\n`~"), max_size=300), max_size=20).map("\n".join)
code = st.lists(
    st.one_of(st.sampled_from(["```", "```python", "~~~~", "````", "   ```", "```` ```"]), st.text(max_size=150)),
    max_size=40,
).map("\n".join)
limits = st.integers(128, 400)


def bare(text: str) -> str:
    return "".join(text.split())


def storable(text: str) -> str:
    return text.encode(errors="replace").decode()


@given(st.one_of(any_text, code), limits)
def test_no_part_is_over_the_limit(text: str, limit: int) -> None:
    assert all(len(part.encode()) <= limit for part in split(text, limit))


@given(lines, limits)
def test_nothing_but_line_ends_is_lost(text: str, limit: int) -> None:
    assert bare("".join(split(text, limit))) == bare(storable(text))


@given(lines, limits)
def test_lines_that_fit_are_not_cut(text: str, limit: int) -> None:
    wanted = {line for line in storable(text).split("\n") if line.strip() and len(line.encode()) <= limit}
    assert wanted <= {line for part in split(text, limit) for line in part.split("\n")}


@given(
    st.text(st.characters(exclude_characters="`~\n", exclude_categories=["Z", "C"]), min_size=1, max_size=60), limits
)
def test_cut_code_is_code_in_every_part(word: str, limit: int) -> None:
    parts = split("\n".join(["```python", *[word] * 200, "```"]), limit)
    assert all(part.startswith("```python\n") and part.endswith("\n```") for part in parts)
    assert sum(part.split("\n").count(word) for part in parts) == 200


@given(any_text, limits)
def test_what_fits_stays_as_it_is(text: str, limit: int) -> None:
    short = text[: limit // 4]
    assert split(short, limit) == [storable(short)]


def test_a_limit_below_any_use_is_refused() -> None:
    with pytest.raises(ValueError, match="128"):
        split("text", 100)


def test_a_card_that_fits_stays_and_its_text_is_cut_with_a_sign() -> None:
    message = Message("line\n" * 100, {"type": "AdaptiveCard"})
    (only,) = fitting(message, LIMITS)
    assert only.card == message.card
    assert only.markdown.endswith("\n…")
    assert len(only.markdown.encode()) <= LIMITS.text_bytes


def test_a_card_that_is_too_large_gives_way_to_all_of_its_text() -> None:
    card = {"type": "AdaptiveCard", "body": ["x" * 300]}
    assert len(json.dumps(card)) > LIMITS.card_bytes
    parts = fitting(Message("line\n" * 100, card), LIMITS)
    assert [part.card for part in parts] == [None] * len(parts)
    assert bare("".join(part.markdown for part in parts)) == "line" * 100


def test_parts_are_rows_of_their_own_in_order(sqlite_database: Database, clock: ManualClock) -> None:
    long = Outgoing("report", "room", Message("line\n" * 100), parent_id="question")
    with sqlite_database.write() as session:
        assert enqueue(session, [long], clock(), LIMITS) == ["report", "report#2", "report#3"]
    with sqlite_database.write() as session:
        assert enqueue(session, [long], clock(), LIMITS) == []
