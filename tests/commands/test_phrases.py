"""Natural ways to say a command, slips, and what they are taken for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import registry
from commands.errors import NotUnderstood
from tests.commands.office import ANA, Office
from tests.hub.definitions.partner import Held, Org, put

REGISTRY = registry()


def line(text: str) -> str:
    found = REGISTRY.find(text)
    return f"{found.command.name} {found.rest}".strip()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("who expires in the next 30 days", "expiring 30"),
        ("Who expires in the next 30 days?", "expiring 30"),
        ("which customers will expire within 2 weeks", "expiring 14"),
        ("customers expiring in 45 days", "expiring 45"),
        ("what expires this month", "expiring 30"),
        ("who is expiring soon?", "expiring"),
        ("clientes que vencen en 30 días", "expiring 30"),
        ("¿Quién vence en los próximos 30 días?", "expiring 30"),
        ("¿Qué clientes vencen esta semana?", "expiring 7"),
        ("quien caduca dentro de 2 meses", "expiring 60"),
        ("qué suscripciones vencen pronto", "expiring"),
        ("which customers renew in the next 60 days", "renewing 60"),
        ("clientes que se renuevan en los próximos 60 días", "renewing 60"),
        ("new customers in the last 2 weeks", "recent 14"),
        ("clientes nuevos", "recent"),
        ("nuevos clientes de los últimos 30 días", "recent 30"),
        ("which customers have low license assignment", "low"),
        ("clientes con baja asignación", "low"),
        ("who is over the licence limit?", "overage"),
        ("¿Quién supera el límite de licencias?", "overage"),
        ("how many customers do we have?", "kpis"),
        ("¿cuántos clientes tenemos?", "kpis"),
        ("which customers are suspended?", "customers status:suspended"),
        ("¿qué clientes están suspendidos?", "customers status:suspended"),
        ("customers tagged Save 2026", 'customers tag:"Save 2026"'),
        ("clientes con la etiqueta Oro", 'customers tag:"Oro"'),
        ("tell me about Ácme Iberia", "customer Ácme Iberia"),
        ("muéstrame el cliente Ácme", "customer Ácme"),
        ("habla español", "settings language es"),
    ],
)
def test_a_natural_way_of_asking_is_the_command_it_means(said: str, meant: str) -> None:
    assert line(said) == meant


@pytest.mark.parametrize("said", ["clientes que vencen en 30 días", "¿Quién vence esta semana?"])
def test_a_spanish_phrase_is_answered_in_spanish(office: Office, said: str) -> None:
    assert "Por vencer en los próximos" in office.say(ANA, said).text


@pytest.mark.parametrize("said", ["clientes estado:prueva", "vencen 99999", "informe nada"])
def test_a_spanish_command_is_refused_in_spanish(office: Office, said: str) -> None:
    assert re.search("No entiendo|son más de|No existe|No hay", office.say(ANA, said).text)


@pytest.mark.parametrize("each", REGISTRY.commands, ids=lambda each: each.name)
def test_no_phrase_takes_what_is_typed_as_a_command(each: object) -> None:
    from commands.registry import Command

    assert isinstance(each, Command)
    for example in each.examples:
        assert line(example) == example
    for name in (each.name, *each.aliases):
        assert REGISTRY.find(name).command is each


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_command_or_told_not_to_be(text: str) -> None:
    try:
        found = REGISTRY.find(text)
    except NotUnderstood:
        return
    assert found.command in REGISTRY.commands


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("expirng 30 calling", "expiring 30 calling"),
        ("custmers status:trial", "customers status:trial"),
        ("reprot run expiring 30", "report run expiring 30"),
        ("vencne 30", "vencen 30"),
        ("expirng thirty<5", "expiring 30"),
        ("customers staus:trial region:EU", "customers status:trial region:EU"),
        ("expiring 30 status:trail", "expiring 30 status:trial"),
    ],
)
def test_a_slip_is_one_press_away_from_what_was_meant(office: Office, typed: str, suggested: str) -> None:
    actions = office.say(ANA, typed).card["actions"]
    assert actions[0]["data"]["run"] == suggested


def test_a_name_that_is_a_slip_offers_the_customers_like_it(office: Office) -> None:
    with office.database.write() as session:
        put(session, [Org("Acme Iberia", [Held()]), Org("Zenith", [Held()])])
    answer = office.say(ANA, "customer Acne Ibera")
    assert "Did you mean" in answer.text
    assert "Acme Iberia" in answer.text
    assert "Zenith" not in answer.text
