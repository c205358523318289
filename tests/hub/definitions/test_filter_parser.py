"""The filter language: what is understood, what is refused and how that is told."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.filters import Filter, FilterError, Reason, parse
from hub.filters.vocabulary import EXAMPLES, KEYS, VALUES


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("  \t ", "", id="blanks"),
        pytest.param("status:trial,expired", "status:trial,expired", id="alternatives"),
        pytest.param("STATUS:Trial", "status:trial", id="case"),
        pytest.param("status: trial , expired", "status:trial,expired", id="blanks around"),
        pytest.param("status:trial,trial", "status:trial", id="twice"),
        pytest.param("estado:vencida", "status:expired", id="Spanish status"),
        pytest.param("estado:suscripción tipo:prueba", "status:subscription type:trial", id="Spanish with accents"),
        pytest.param("producto:llamadas", "product:Calling", id="Spanish product"),
        pytest.param('region:"EE. UU.",ue,EAU', "region:US,EU,UAE", id="Spanish regions"),
        pytest.param("region:jp", "region:JP", id="another region"),
        pytest.param("product:call-on-webex", 'product:"Call on Webex"', id="dashes for blanks"),
        pytest.param('product:"Real-Time Translations"', 'product:"Real-Time Translations"', id="quoted product"),
        pytest.param("product:Vidcast", 'product:"Vidcast"', id="another product"),
        pytest.param('product:"Callin"', 'product:"Callin"', id="quotes keep what looks like a slip"),
        pytest.param("gestionado:externo", "managed:external", id="Spanish managed"),
        pytest.param("-tag:legacy", "-tag:legacy", id="negated"),
        pytest.param("–tag:“key account”", '-tag:"key account"', id="a phone's dash and quotes"),
        pytest.param("tag:a:b", 'tag:"a:b"', id="colon in a value"),
        pytest.param("expires<30", "expires<30", id="comparison"),
        pytest.param("expires <= 30", "expires<=30", id="comparison with blanks"),
        pytest.param("expires =< 30 licencias ≥ 5", "expires<=30 licenses>=5", id="operators by other names"),
        pytest.param("expires<7,>90", "expires<7,>90", id="bounds"),
        pytest.param("expires=1,7,30", "expires=1,=7,=30", id="bounds with one operator"),
        pytest.param("assigned<50%", "assigned<50%", id="percent"),
        pytest.param("assigned < 12.5 %", "assigned<12.5%", id="percent with blanks"),
        pytest.param("asignadas>100", "assigned>100", id="count"),
        pytest.param("acme S.A.", "acme S.A.", id="words"),
        pytest.param("acme,globex", "acme,globex", id="word alternatives"),
        pytest.param('"acme corp" -madrid', '"acme corp" -madrid', id="quoted and negated words"),
        pytest.param("Söhne, S.L.", "Söhne,S.L.", id="comma of a name"),
        pytest.param("Söhne,", "Söhne", id="comma at the end"),
        pytest.param("Acme - Madrid", 'Acme "-" Madrid', id="a dash alone is a word"),
        pytest.param("--5", '-"-5"', id="what begins with a dash, negated"),
        pytest.param('"status:trial"', '"status:trial"', id="a quoted term is a word"),
        pytest.param("<@all> =HYPERLINK(1)", '"<@all>" "=HYPERLINK(1)"', id="odd words"),
        pytest.param(r'"a \"b\" \\c"', r'"a \"b\" \\c"', id="escapes"),
        pytest.param("100% 24/7", '"100%" 24/7', id="words like numbers"),
        pytest.param("-( status:trial  region:ue ) a", "-( status:trial region:EU ) a", id="not all of them"),
        pytest.param("Acme (UK) ( x )", 'Acme "(UK)" "(" x ")"', id="brackets of a name"),
        pytest.param("10:30", '"10:30"', id="digits before a colon"),
    ],
)
def test_understood(text: str, written: str) -> None:
    found = parse(text)
    assert str(found) == written
    assert parse(written) == found


@pytest.mark.parametrize(
    ("text", "reason", "position", "word", "suggestion"),
    [
        pytest.param("acme statut:trial", Reason.UNKNOWN_FIELD, 5, "statut", "status", id="field"),
        pytest.param("estdo:prueba", Reason.UNKNOWN_FIELD, 0, "estdo", "estado", id="Spanish field"),
        pytest.param("zzzzzz:trial", Reason.UNKNOWN_FIELD, 0, "zzzzzz", None, id="nothing near"),
        pytest.param("status:trail", Reason.UNKNOWN_VALUE, 7, "trail", "status:trial", id="value"),
        pytest.param("status:trial,prubea", Reason.UNKNOWN_VALUE, 13, "prubea", "status:prueba", id="second value"),
        pytest.param("product:callin", Reason.UNKNOWN_VALUE, 8, "callin", "product:calling", id="product"),
        pytest.param("region:Europ", Reason.UNKNOWN_VALUE, 7, "Europ", "region:europe", id="region"),
        pytest.param("status:", Reason.MISSING_VALUE, 7, "status", "status", id="no value"),
        pytest.param("status:,trial", Reason.MISSING_VALUE, 7, "status", "status", id="no first value"),
        pytest.param('tag:""', Reason.MISSING_VALUE, 4, '""', None, id="empty value"),
        pytest.param("expires<", Reason.MISSING_VALUE, 8, "expires", "expires", id="no number"),
        pytest.param("expires<soon", Reason.NOT_A_NUMBER, 8, "soon", None, id="no number but a word"),
        pytest.param("expires<-1", Reason.NOT_A_NUMBER, 8, "-1", None, id="negative number"),
        pytest.param("expires<5.5", Reason.NOT_A_NUMBER, 8, "5.5", None, id="part of a day"),
        pytest.param("licenses>50%", Reason.NOT_A_NUMBER, 9, "50%", None, id="percent of what"),
        pytest.param("assigned<200000%", Reason.NOT_A_NUMBER, 9, "200000%", None, id="huge share"),
        pytest.param("licenses>12345678901", Reason.NOT_A_NUMBER, 9, "12345678901", None, id="huge number"),
        pytest.param("expires:30", Reason.NOT_A_CHOICE, 0, "expires", "expires<30", id="colon for a comparison"),
        pytest.param(
            "status<3", Reason.NOT_COMPARABLE, 0, "status", "status:trial,expired", id="comparison for a colon"
        ),
        pytest.param('tag:"key account', Reason.UNCLOSED_QUOTE, 4, '"key', None, id="unclosed quote"),
        pytest.param(", acme", Reason.UNEXPECTED, 0, ",", None, id="comma first"),
        pytest.param("-( a", Reason.UNEXPECTED, 4, "", None, id="bracket not closed"),
        pytest.param("-( " * 6 + "a" + " )" * 6, Reason.UNEXPECTED, 15, "-(", None, id="too deep"),
        pytest.param("a,,b", Reason.UNEXPECTED, 2, ",b", None, id="two commas"),
        pytest.param("x" * 1001, Reason.TOO_LONG, 1000, "x", None, id="too long"),
    ],
)
def test_refused(text: str, reason: Reason, position: int, word: str, suggestion: str | None) -> None:
    with pytest.raises(FilterError) as refused:
        parse(text)
    error = refused.value
    assert (error.reason, error.position, error.word, error.suggestion) == (reason, position, word, suggestion)
    assert parse(error.example)


def test_every_example_and_name_is_understood() -> None:
    for key, text in EXAMPLES.items():
        assert str(parse(text)).startswith(key)
    for name, key in KEYS.items():
        example_of = EXAMPLES[key].removeprefix(str(key))
        assert parse(name + example_of) == parse(EXAMPLES[key])
    for field, names in VALUES.items():
        for name, value in names.items():
            assert parse(f'{field}:"{name}"') == parse(f'{field}:"{value}"')


PIECES = st.sampled_from(
    [*KEYS, *EXAMPLES.values(), ":", "<", ">=", "=", "-", ",", '"', "“", "\\", "%", " ", "5", "50%", "trial", "EU", "–"]
)


def read(text: str) -> Filter | FilterError:
    """Parse, and return what comes of it either way."""
    try:
        return parse(text)
    except FilterError as error:
        return error


@given(st.lists(PIECES | st.text(max_size=4)).map("".join))
@example("\0")
@example("\ud800")
@example('"\\')
@example("-" * 50)
def test_any_text_is_a_filter_or_a_filter_error(text: str) -> None:
    found = read(text)
    if isinstance(found, FilterError):
        assert 0 <= found.position <= len(text)
    else:
        assert parse(str(found)) == found


@given(st.sampled_from(["", "tag:", "product:", "-", "-tag:"]), st.text(st.characters(exclude_characters="“”„‟«»″＂")))
def test_any_text_in_quotes_is_one_value(key: str, text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    found = read(f'{key}"{escaped}"')
    if isinstance(found, FilterError):
        assert found.reason in (Reason.MISSING_VALUE, Reason.TOO_LONG)
    else:
        assert len(found.terms) == 1
        assert parse(str(found)) == found


def test_an_empty_filter_is_everything() -> None:
    assert parse("") == Filter.everything
