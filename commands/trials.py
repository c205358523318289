"""Trials: their list, and starting, extending, changing and cancelling them, each asked about first and done once."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from commands import trial_forms as forms
from commands import trial_steps as steps
from commands.confirming import Confirmation, question
from commands.context import Context
from commands.errors import CommandError
from commands.parameters import CustomerName, Everything, Order, Page, Parameter, Where
from commands.phrases import en, es
from commands.registry import command
from commands.reply import Reply
from commands.tables import PAGE_SIZE, Column, Paging, table, turned_to, without_page
from commands.words import Words
from hub import trials as hub_trials
from hub.access import Needs, may
from hub.errors import Conflict, Rejected
from hub.trials import TrialRefused
from templates.catalogue import N_
from templates.texts import UNKNOWN
from templates.vocabulary import label

_COLUMNS = (
    Column(N_("Customer"), lambda row, _: row.customer, 4),
    Column(N_("Products"), lambda row, texts: ", ".join(label(each, texts) for each in row.products) or UNKNOWN, 4),
    Column(N_("Ends"), lambda row, texts: texts.day(row.end_date), 3),
    Column(N_("Days left"), lambda row, texts: texts.number(row.days_left), 2),
)


class CountsParameter(Parameter):
    """`calling=25 devices=3`: licences by product."""

    usage = N_("[PRODUCT=LICENCES…]")

    def take(self, words: Words) -> Mapping[str, str] | None:
        """Take every such word."""
        found = {word: re.fullmatch(r"([^\s=:<>\"]+)=(\d{1,9})", word) for word in words}
        taken = {match[1]: match[2] for word, match in found.items() if match and words.take(word)}
        return taken or None


LicenceCounts = Annotated[Mapping[str, str] | None, CountsParameter()]


@command(
    "trials",
    aliases=["pruebas"],
    summary=N_("Trials and the days they have left, the one that ends first on top"),
    examples=["trials", "trials region:EU product:calling sort:-expires"],
    phrases=[
        en("(which trials|what trials) (run|are running|are there)", ""),
        en("(show|list) [me] [all] [the|my|our] trials", ""),
        es("(que pruebas|cuales pruebas) (hay|estan en curso|tenemos)", ""),
        es("(muestra|muestrame|lista) [todas] [las|mis|nuestras] pruebas", ""),
    ],
)
def trials(ctx: Context, where: Where = Everything, sort: Order = None, page: Page = 1) -> Reply:
    """List the trials that run or start later."""
    line = without_page(ctx.line)
    with ctx.read() as session:
        found = turned_to(
            page,
            lambda before: hub_trials.list_trials(session, ctx.scope, where, sort, limit=PAGE_SIZE, offset=before),
        )

    def whole() -> dict[str, Any]:
        with ctx.read() as session:
            everything = hub_trials.list_trials(session, ctx.scope, where, sort)
        rows = [{name: value for name, value in asdict(row).items() if name != "counts"} for row in everything.rows]
        return {"total_rows": everything.total_rows, "rows": rows}

    return Reply(
        "trials",
        view={
            "title": ctx.texts.count("%(n)s trial", "%(n)s trials", found.total_rows),
            "filtered": bool(where.terms),
            "table": table(_COLUMNS, found.rows, ctx.texts, opens=lambda row: f"customer {row.org_id}"),
            "paging": Paging(page, found.total_rows, line).view(),
            "csv": f"report run {line}",
            "may_start": may(ctx.person.roles, Needs.CHANGE),
        },
        data=whole,
    )


@command(
    "trial start",
    aliases=["prueba iniciar", "iniciar prueba"],
    summary=N_("Start a trial: a form for company, country, products and days"),
    examples=["trial start", "trial start Acme"],
    phrases=[en("start a trial for {text}", "{text}"), es("(inicia|iniciar) una prueba para {text}", "{text}")],
)
def trial_start(ctx: Context, company: CustomerName = "") -> Reply:
    """Show the form, with the company filled in where a customer is named; one that has a trial gets no second."""
    filled = forms.starting(ctx, company)
    if filled["company"] and steps.has_trial(ctx, filled["company"]):
        raise CommandError(
            N_("“%(company)s” has a trial already."),
            hint=N_("It can be extended or changed: trial extend CUSTOMER, trial change CUSTOMER"),
            suggestions=[f"{verb} {company}" for verb in ("customer", "trial extend", "trial change")],
            company=filled["company"],
        )
    return forms.start_form(ctx, filled, form_id=ctx.request_id, problems={})


@command(
    "trial submit",
    summary=N_("Start the trial that a form asks for"),
    examples=["trial start"],
    effects=True,
    shown=False,
)
def trial_submit(ctx: Context) -> Reply:
    """Check a filled form and start its trial, once however often it is sent; an error gives it back as filled."""
    form_id = ctx.inputs.get("form_id", "")
    if not form_id:
        raise CommandError(
            N_("This belongs to the form of a trial."),
            hint=N_("Open it with: trial start"),
            suggestions=["trial start"],
        )
    try:
        request = forms.read_request(ctx.inputs)
        what = "start" if ctx.services.feed else "ask"
        facts = [
            (ctx.texts(N_("Licences")), forms.licences(dict(request.products), ctx.texts)),
            (ctx.texts(N_("Days")), ctx.texts.number(request.days)),
        ]
        order = steps.order(ctx, f"trial start:{form_id}", what=what, customer=request.company, facts=facts)
        if ctx.services.feed is None:
            return steps.awaited(ctx, request, order)
        started = hub_trials.start(ctx.services.database, ctx.services.feed, request, order)
    except Rejected as error:
        return forms.start_form(ctx, ctx.inputs, form_id=form_id, problems=error.problems)
    except Conflict:
        return forms.start_form(ctx, ctx.inputs, form_id=form_id, problems={"company": forms.EXISTS})
    return Reply(
        "trial_started",
        view={
            "company": request.company,
            "trial": started,
            "products": request.products,
            "notified": request.admin_email if request.notify_admin else None,
        },
        data=lambda: {
            "customer": request.company,
            "org_id": started.org_id,
            "subscription_id": started.subscription_id,
            "end_date": started.end_date,
            "products": [{"product": product, "total": total} for product, total in request.products],
        },
    )


@command(
    "trial extend",
    aliases=["prueba extender", "prueba ampliar"],
    summary=N_("Extend a trial: it then ends 30 days from today"),
    examples=["trial extend Acme"],
    effects=True,
)
def trial_extend(ctx: Context, name: CustomerName, confirmation: Confirmation = None) -> Reply:
    """Give a trial the end that Partner Hub gives it, unless that shortens it or makes it too long."""
    trial, feed = steps.the_trial(ctx, name, "trial extend")
    order = steps.order(ctx, f"trial extend:{confirmation}") if confirmation else None
    if order and hub_trials.was_done(ctx.services.database, order):
        return steps.changed(ctx, trial, N_("It was done already."), [])
    try:
        end = hub_trials.extended_end(trial, ctx.scope.today, ctx.services.longest_trials)
    except TrialRefused as error:
        raise steps.refused(error, trial, ctx) from error
    facts = [
        (ctx.texts(N_("Ends now")), ctx.texts.day(trial.end_date)),
        (ctx.texts(N_("New end")), ctx.texts.day(end)),
    ]
    line = f"trial extend {trial.subscription_id}"
    if not confirmation:
        about = [*steps.about(ctx, trial), *facts]
        return question(ctx, line, ctx.texts(N_("Extend this trial?")), about, ctx.texts(N_("Extend")))
    order = steps.order(ctx, f"trial extend:{confirmation}", what="extend", customer=trial.customer, facts=facts[1:])
    steps.carried_out(lambda: hub_trials.move_end(ctx.services.database, feed, trial, end, order))
    return steps.changed(ctx, steps.again(ctx, trial), N_("The trial is extended"), facts)


@command(
    "trial change",
    aliases=["prueba cambiar"],
    summary=N_("Change the products and licences of a trial"),
    examples=["trial change Acme", "trial change Acme calling=25"],
    effects=True,
)
def trial_change(
    ctx: Context, name: CustomerName, counts: LicenceCounts = None, confirmation: Confirmation = None
) -> Reply:
    """Show a form with a trial's licences, ask, and give it those; a product with 0 goes."""
    trial, feed = steps.the_trial(ctx, name, "trial change")
    order = steps.order(ctx, f"trial change:{confirmation}") if confirmation else None
    if order and hub_trials.was_done(ctx.services.database, order):
        return steps.changed(ctx, trial, N_("It was done already."), [])
    if counts is None and "form" not in ctx.inputs:
        return forms.change_form(ctx, trial, {}, {})
    problems: dict[str, str] = {}
    wanted = hub_trials.read_counts(steps.typed_counts(ctx, trial, counts), problems)
    if problems:
        return forms.change_form(ctx, trial, ctx.inputs, problems)
    facts = steps.differences(ctx, trial, wanted)
    if not facts:
        raise CommandError(N_("The trial has these licences already."), hint=N_("Nothing was changed."))
    if not confirmation:
        line = " ".join(
            [f"trial change {trial.subscription_id}"]
            + [f"{forms.slug_of(product)}={wanted.get(product, 0)}" for product in forms.products_of(trial)]
        )
        about = [*steps.about(ctx, trial), *facts]
        return question(ctx, line, ctx.texts(N_("Change this trial?")), about, ctx.texts(N_("Change")))
    order = steps.order(ctx, f"trial change:{confirmation}", what="change", customer=trial.customer, facts=facts)
    try:
        hub_trials.set_products(ctx.services.database, feed, trial, wanted, order)
    except Rejected as error:
        filled = {forms.input_of(product): str(total) for product, total in wanted.items()}
        return forms.change_form(ctx, trial, filled, error.problems)
    return steps.changed(ctx, steps.again(ctx, trial), N_("The trial is changed"), facts)


@command(
    "trial cancel",
    aliases=["prueba cancelar"],
    summary=N_("End a trial for good"),
    examples=["trial cancel Acme"],
    effects=True,
)
def trial_cancel(ctx: Context, name: CustomerName, confirmation: Confirmation = None) -> Reply:
    """Cancel a trial; that cannot be taken back."""
    order = steps.order(ctx, f"trial cancel:{confirmation}") if confirmation else None
    if order and hub_trials.was_done(ctx.services.database, order):
        raise CommandError(N_("It was done already."), hint=N_("trials lists those that run."), suggestions=["trials"])
    trial, feed = steps.the_trial(ctx, name, "trial cancel")
    if not confirmation:
        text = ctx.texts(N_("Cancel this trial? It ends at once, and that cannot be taken back."))
        facts = [*steps.about(ctx, trial), (ctx.texts(N_("Ends now")), ctx.texts.day(trial.end_date))]
        return question(ctx, f"trial cancel {trial.subscription_id}", text, facts, ctx.texts(N_("Cancel the trial")))
    order = steps.order(ctx, f"trial cancel:{confirmation}", what="cancel", customer=trial.customer, facts=[])
    steps.carried_out(lambda: hub_trials.cancel(ctx.services.database, feed, trial, order))
    return steps.changed(ctx, trial, N_("The trial is cancelled"), [])


COMMANDS = (trials, trial_start, trial_submit, trial_extend, trial_change, trial_cancel)
