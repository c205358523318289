"""Steps that commands on trials share: which trial is meant, what would change, and saying what was done."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from commands import trial_forms as forms
from commands.announcing import announcement
from commands.choose import the_customer
from commands.context import Context
from commands.errors import Ambiguous, CommandError, NotUnderstood
from commands.reply import Reply
from hub import trials as hub_trials
from hub.errors import Conflict, Rejected
from hub.feed import FeedClient
from hub.trials import Order, Refusal, Trial, TrialRefused
from templates.catalogue import N_
from templates.texts import UNKNOWN


def the_trial(ctx: Context, name: str, verb: str) -> tuple[Trial, FeedClient]:
    """Find the trial that is meant: of a customer by name, or by its own id; of several the person chooses."""
    row = the_customer(ctx, name, lambda candidate: f"{verb} {candidate.org_id}")
    with ctx.read() as session:
        found = hub_trials.trials_of(session, row.org_id, ctx.scope.today)
    if not found:
        raise CommandError(
            N_("“%(customer)s” has no trial that I know of."),
            hint=N_("trials lists those that run; trial start CUSTOMER starts one."),
            suggestions=[f"trial start {row.org_id}", "trials"],
            customer=row.customer,
        )
    meant = [trial for trial in found if trial.subscription_id == name.strip()] or found
    if len(meant) > 1:
        raise Ambiguous(
            N_("“%(customer)s” has several trials. Which one?"),
            choices=[
                (
                    " · ".join(
                        [", ".join(trial.products) or UNKNOWN, ctx.texts.day(trial.end_date), trial.subscription_id]
                    ),
                    f"{verb} {trial.subscription_id}",
                )
                for trial in meant
            ],
            customer=row.customer,
        )
    if ctx.services.feed is None:
        raise CommandError(
            N_("No feed is configured, so trials are changed in Partner Hub: Customers, %(customer)s, Edit Trial."),
            hint=N_("%(address)s opens it. What changes there shows up here after the next sync."),
            customer=row.customer,
            address=ctx.services.control_hub,
        )
    return meant[0], ctx.services.feed


def has_trial(ctx: Context, company: str) -> bool:
    """Whether a customer of this name, of those that may be seen, has a trial."""
    with ctx.read() as session:
        return hub_trials.has_trial(session, ctx.scope, company)


def order(ctx: Context, key: str, **view: Any) -> Order:
    """Return the order of who asks; with what its message shows, the space is told when it is carried out."""
    told = announcement(ctx, key, "trial_news", **view) if view else None
    room = ctx.space.room_id or None
    return Order(key, ctx.person.email, ctx.now, room, *((told,) if told else ()))


def awaited(ctx: Context, request: hub_trials.TrialRequest, order: hub_trials.Order) -> Reply:
    """Hand a checked request over to Partner Hub's own form, and wait for what comes of it."""
    if has_trial(ctx, request.company):
        raise Conflict("it has a trial")
    until = hub_trials.await_trial(
        ctx.services.database, request, order, ctx.here, days=ctx.services.awaited_trial_days
    )
    return Reply(
        "trial_by_hand",
        view={
            "company": request.company,
            "facts": forms.facts_of(request, ctx.texts),
            "partner_hub": ctx.services.control_hub,
            "until": until.date(),
        },
        data=lambda: {"customer": request.company, "awaited_until": until.date(), "request": request.as_json()},
    )


def typed_counts(ctx: Context, trial: Trial, counts: Mapping[str, str] | None) -> dict[str, str]:
    """Return what was filled in or typed by product; what was not named stays as it is.

    Raises:
        NotUnderstood: a name stands for no product.
    """
    known = {forms.slug_of(product): product for product in forms.products_of(trial)}
    now = {each.product: str(each.total or 0) for each in trial.counts}
    if counts is None:
        return {product: ctx.inputs.get(forms.input_of(product), now.get(product, "")) for product in known.values()}
    for name in counts:
        if forms.slug_of(name) not in known:
            raise NotUnderstood(
                N_("“%(name)s” is no product that can be tried."),
                hint=N_("Products: %(products)s"),
                name=name,
                products=", ".join(known),
            )
    return now | {known[forms.slug_of(name)]: count for name, count in counts.items()}


def differences(ctx: Context, trial: Trial, wanted: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return what would change, product by product."""
    number = ctx.texts.number
    counts = {each.product: each for each in trial.counts}
    facts = []
    for product in dict.fromkeys([*counts, *wanted]):
        before, after = counts[product].total if product in counts else 0, wanted.get(product, 0)
        if before == after:
            continue
        assigned = counts[product].assigned if product in counts else None
        over = ctx.texts(N_("%(n)s are assigned"), n=number(assigned)) if assigned and assigned > after else ""
        facts.append((product, f"{number(before)} → {number(after)}" + (f" · {over}" if over else "")))
    return facts


def about(ctx: Context, trial: Trial) -> list[tuple[str, str]]:
    """Return which trial a question is about."""
    return [
        (ctx.texts(N_("Customer")), trial.customer),
        (ctx.texts(N_("Trial")), trial.subscription_id),
        (
            ctx.texts(N_("Licences")),
            forms.licences({each.product: each.total for each in trial.counts}, ctx.texts) or UNKNOWN,
        ),
    ]


def carried_out(do: Callable[[], bool]) -> None:
    """Carry out an order.

    Raises:
        CommandError: the feed refused it.
        SourceError: the feed did not do it.
    """
    try:
        do()
    except (Rejected, Conflict) as error:
        reason = "; ".join(error.problems.values()) if isinstance(error, Rejected) else str(error)
        raise CommandError(
            N_("The feed refused: %(reason)s"), hint=N_("Nothing was changed."), reason=reason
        ) from error


def again(ctx: Context, trial: Trial) -> Trial:
    """Read a trial as it is now."""
    with ctx.read() as session:
        return hub_trials.trial(session, trial.subscription_id, ctx.scope.today) or trial


def changed(ctx: Context, trial: Trial, text: str, facts: Sequence[tuple[str, str]]) -> Reply:
    """Say what was done to a trial."""
    return Reply(
        "trial_changed",
        view={"text": ctx.texts(text), "trial": trial, "facts": facts},
        data=lambda: {
            "customer": trial.customer,
            "org_id": trial.org_id,
            "subscription_id": trial.subscription_id,
            "end_date": trial.end_date,
            "products": [{"product": each.product, "total": each.total} for each in trial.counts],
        },
    )


def refused(error: TrialRefused, trial: Trial, ctx: Context) -> CommandError:
    """Say why a trial is not extended."""
    if error.refusal is Refusal.SHORTENS:
        return CommandError(
            N_("Extended, a trial ends 30 days from today, on %(end)s; this one ends on %(now)s anyway, no sooner."),
            hint=N_("Extend it when it has less than 30 days left."),
            end=ctx.texts.day(error.end),
            now=ctx.texts.day(trial.end_date),
        )
    return CommandError(
        N_("Until %(end)s this trial would last longer than the %(days)s days it may (%(product)s)."),
        hint=N_("Nothing was changed. A setting (PARTNERBOT_LONGEST_TRIALS) holds the limit."),
        end=ctx.texts.day(error.end),
        days=ctx.texts.number(error.most_days),
        product=error.product or ctx.texts(N_("all trials")),
    )
