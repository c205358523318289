"""Choices of a person, one-to-one, or of a space: language, time zone, region, products, who may read; and `status`."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from commands.access import SETTINGS_OF_A_SPACE, TABLE
from commands.choices import (
    COMMON_ZONES,
    LANGUAGES,
    PRODUCTS,
    DefaultProducts,
    DefaultProductsParameter,
    Language,
    LanguageParameter,
    Region,
    Zone,
    ZoneParameter,
)
from commands.context import Context
from commands.errors import CommandError, NotAllowed, NotUnderstood
from commands.phrases import en, es
from commands.registry import command
from commands.reply import Reply
from hub.access import may
from hub.regions import ALL, present
from storage.tables import Audit, Person, Space
from templates.catalogue import N_
from templates.texts import Texts
from templates.vocabulary import region_name


@command(
    "settings",
    aliases=["ajustes"],
    summary=N_("Language, time zone and products: yours one-to-one, the space's in a group"),
    phrases=[
        en("(speak|talk|answer) [in] (english|ingles) [please]", "language en"),
        en("(speak|talk|answer) [in] (spanish|espanol) [please]", "language es"),
        es("(habla|hablame|responde) [en] (espanol|castellano)", "language es"),
        es("(habla|hablame|responde) [en] ingles", "language en"),
    ],
    examples=["settings", "settings language es", "settings timezone Europe/Madrid", "settings products calling"],
)
def settings(ctx: Context, language: Language = None, zone: Zone = None, products: DefaultProducts = None) -> Reply:
    """Show the choices, changed first where a new one is given."""
    language = language or _field(ctx, "language", LanguageParameter())
    zone = zone or _field(ctx, "other_zone", ZoneParameter()) or _field(ctx, "timezone", ZoneParameter())
    products = products or _field(ctx, "products", DefaultProductsParameter())
    chosen = {"language": language, "time_zone": zone, "products": products}
    _choose(ctx, {name: value for name, value in chosen.items() if value})
    texts = Texts(language or ctx.texts.language, zone or ctx.texts.zone)
    return _settings(ctx, texts, PRODUCTS[products] if products else ctx.products)


@command(
    "settings open",
    aliases=["ajustes abrir"],
    summary=N_("Let colleagues without a partner role read along in this space"),
    examples=["settings open"],
    effects=True,
)
def settings_open(ctx: Context) -> Reply:
    """Open a group space to everybody of the partner's own organization; never to others."""
    return _let_read(ctx, open_to_colleagues=True)


@command(
    "settings close",
    aliases=["ajustes cerrar"],
    summary=N_("Let only colleagues with a partner role read along in this space"),
    examples=["settings close"],
    effects=True,
)
def settings_close(ctx: Context) -> Reply:
    """Take back what `settings open` allowed."""
    return _let_read(ctx, open_to_colleagues=False)


@command(
    "region",
    aliases=["regiones"],
    summary=N_("Customers of one region only, in every list and count"),
    examples=["region EU", "region all"],
)
def region(ctx: Context, wanted: Region = None) -> Reply:
    """Show the regions there are and which is chosen; changed first where one is given."""
    with ctx.read() as session:
        there = present(session, ctx.scope)
    wanted = wanted or ctx.inputs.get("region") or None
    if wanted and wanted not in (ALL, *there):
        raise NotUnderstood(
            N_("No customer's data are in the region “%(region)s”."),
            hint=N_("Regions: %(regions)s"),
            suggestions=["region"],
            region=wanted[:80],
            regions=", ".join([*there, ALL]),
        )
    if wanted:
        in_space = ctx.space.kind == "group"
        _choose(ctx, {"region": None if wanted == ALL and not in_space else wanted}, "region")
    chosen = wanted or ctx.scope.region or ALL
    return Reply(
        "region",
        view={
            "regions": [(code, region_name(code, ctx.texts)) for code in there],
            "several": len(there) > 1,
            "chosen": chosen,
            "chosen_name": region_name(chosen, ctx.texts),
            "group": ctx.space.kind == "group",
        },
        data=lambda: {"region": chosen, "rows": [{"region": code} for code in there]},
        bounded=False,
    )


@command(
    "status",
    aliases=["estado"],
    summary=N_("Am I well, and how old are the data"),
    phrases=[en("(are you|is everything) (ok|well|alive|there|up)"), es("(estas|va todo|todo) (bien|ahi)")],
    examples=["status"],
)
def status(ctx: Context) -> Reply:
    """Tell how the service and its sources are."""
    checks = ctx.services.health(ctx.now)
    return Reply(
        "status",
        view={
            "checks": [
                {"name": ctx.texts(check.name), "state": check.state(ctx.texts), "ok": check.ok} for check in checks
            ],
            "ok": all(check.ok for check in checks),
        },
        data=lambda: {
            "rows": [{"check": check.code, "ok": check.ok, "state": check.state(Texts())} for check in checks]
        },
        bounded=False,
    )


def _settings(ctx: Context, texts: Texts, products: frozenset[str]) -> Reply:
    with ctx.read() as session:
        space = session.get(Space, ctx.space.room_id)
    shown = next(name for name, held in PRODUCTS.items() if held == products)
    is_open = space is not None and space.open_to_colleagues
    in_group = ctx.space.kind == "group"
    return Reply(
        "settings",
        view={
            "languages": LANGUAGES,
            "language": texts.language,
            "zone": texts.zone,
            "zones": _zones(texts.zone),
            "now": ctx.now.astimezone(ZoneInfo(texts.zone)),
            "products": shown,
            "group": in_group,
            "is_open": is_open,
            "may_open": in_group and may(ctx.person.roles, TABLE["settings open"].run),
            "may_change": _may_change(ctx),
        },
        data=lambda: {
            "language": texts.language,
            "time_zone": texts.zone,
            "products": shown,
            "region": ctx.scope.region or ALL,
            "open_to_colleagues": is_open,
        },
        texts=texts,
        bounded=False,
    )


def _zones(chosen: str) -> list[tuple[str, str]]:
    """Return the zones to choose from, the chosen one among them, each with what it is called."""
    offered = COMMON_ZONES if chosen in COMMON_ZONES else (chosen, *COMMON_ZONES)
    return [(zone, zone.replace("_", " ")) for zone in offered]


def _let_read(ctx: Context, *, open_to_colleagues: bool) -> Reply:
    if ctx.space.kind != "group":
        raise CommandError(N_("Only a group space can be opened to colleagues."), hint=N_("Type it in that space."))
    what = "settings open" if open_to_colleagues else "settings close"
    _choose(ctx, {"open_to_colleagues": open_to_colleagues}, what)
    return _settings(ctx, ctx.texts, ctx.products)


def _field(ctx: Context, name: str, choice: LanguageParameter | ZoneParameter | DefaultProductsParameter) -> str | None:
    """Read a choice from the card's field, which comes filled in with what holds already."""
    filled = ctx.inputs.get(name, "").strip()
    return choice.read(filled) if filled else None


def _choose(ctx: Context, chosen: dict[str, Any], what: str = "settings") -> None:
    """Keep choices of the person or the space, and write down who changed what."""
    if not chosen:
        return
    if not _may_change(ctx):
        raise NotAllowed(
            N_("Settings of a space are for people with a partner role."),
            hint=N_("One-to-one you can choose for yourself."),
        )
    with ctx.write() as session:
        target, choosers = _choosers(session, ctx)
        before = {name: getattr(choosers[0], name) for name in chosen}
        if before == chosen:
            return
        for chooser in choosers:
            for name, value in chosen.items():
                setattr(chooser, name, value)
        changed = {name: value for name, value in chosen.items() if before[name] != value}
        session.add(
            Audit(
                at=ctx.now,
                who=ctx.person.email,
                what=what,
                target=target,
                before={name: before[name] for name in changed},
                after=changed,
                room_id=ctx.space.room_id or None,
            )
        )


def _may_change(ctx: Context) -> bool:
    if ctx.space.kind == "direct":
        return True
    return not ctx.person.outsider and may(ctx.person.roles, SETTINGS_OF_A_SPACE)


def _choosers(session: Session, ctx: Context) -> tuple[str, list[Person | Space]]:
    """Return whose choice it is; a person's is also that of their one-to-one space, for what is said there unasked."""
    space = session.get(Space, ctx.space.room_id)
    if space and ctx.space.kind == "group":
        return f"space:{space.room_id}", [space]
    person = session.get(Person, ctx.person.email)
    if person is None:
        raise CommandError(N_("At the command line these are settings of nobody."), hint=N_("Say whose: --as EMAIL"))
    return f"person:{person.email}", [person, *([space] if space else [])]


COMMANDS = (settings, settings_open, settings_close, region, status)
