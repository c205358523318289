"""What the weekly figures of Webex Calling say, in words."""

from collections.abc import Callable, Sequence

from hub.calling import Endpoint, Feature, Shown, View, Week
from hub.calling.figures import VOLUMES
from hub.calling.rows import change_pct, points
from hub.sections.section import percentage
from templates.catalogue import N_
from templates.texts import Texts

ENDPOINTS = {
    Endpoint.APP: N_("Webex app"),
    Endpoint.DESK_PHONE: N_("desk phones"),
    Endpoint.ROOM_DEVICE: N_("room devices"),
    Endpoint.OTHER: N_("third-party devices"),
}
FEATURES = {
    Feature.HUNT_GROUP: N_("hunt groups"),
    Feature.AUTO_ATTENDANT: N_("auto attendants"),
    Feature.CALL_QUEUE: N_("call queues"),
}


def signed(value: float | None, shown: str) -> str:
    """Put a plus before a figure that is more than nothing."""
    return f"+{shown}" if value and value > 0 else shown


def duration(seconds: float | None, texts: Texts) -> str:
    """Show seconds, above a minute with minutes."""
    if seconds is None or seconds < 60:
        return texts.number(seconds) if seconds is None else f"{texts.number(seconds)} s"
    whole = round(seconds)
    return f"{texts.number(whole // 60)} min {whole % 60} s"


def stands_out(shown: Shown, texts: Texts, *, one_customer: bool) -> list[str]:
    """Say what stands out in the newest week."""
    return [said for said in _SAID[shown.view](shown, texts, one_customer) if said]


def missing(shown: Shown, texts: Texts) -> list[str]:
    """Say why figures are unknown, and that a week is late."""
    said = []
    if shown.is_late:
        said.append(
            texts(N_("The last week is not in yet: this is the week from %(week)s."), week=texts.day(shown.week))
        )
    needed = _NEEDED[shown.view]
    if shown.total_rows and any(shown.now[name] is None for name in needed):
        said.append(
            texts(
                N_("“—”: Webex's report does not hold this; a feed or weekly CSV can, and none did (%(page)s)."),
                page="docs/calling.md",
            )
        )
    return said


_NEEDED = {
    View.USAGE: ("active_users", "users_by_calls_0"),
    View.QUALITY: ("poor_legs",),
    View.ENDPOINTS: tuple(f"poor_{kind}_part" for kind in Endpoint),
    View.FEATURES: tuple(f"queued_{kind}" for kind in Feature),
    View.QUEUES: ("answer_part", "wait_part"),
}


def _compared(now: int | None, before: int | None, texts: Texts) -> str:
    """Say how a figure changed since the week before; nothing where that is unknown."""
    change = change_pct(now, before)
    if change is None:
        return ""
    if change == 0:
        return texts(N_("as many as the week before"))
    percent = texts.percent(abs(change))
    if change > 0:
        return texts(N_("%(percent)s more than the week before"), percent=percent)
    return texts(N_("%(percent)s fewer than the week before"), percent=percent)


def _shifted(now: float | None, before: float | None, texts: Texts) -> str:
    """Say how a percentage changed since the week before, in points."""
    change = points(now, before)
    if change is None:
        return ""
    if change == 0:
        return texts(N_("as in the week before"))
    shown = texts.number(abs(change))
    if change > 0:
        return texts(N_("%(points)s points more than the week before"), points=shown)
    return texts(N_("%(points)s points less than the week before"), points=shown)


def _sentence(*parts: str) -> str:
    return ", ".join(filter(None, parts)) + "."


def _usage(shown: Shown, texts: Texts, one_customer: bool) -> Sequence[str]:
    now = shown.now
    said = []
    if now["calls"] is not None:
        calls = texts.count("%(n)s call", "%(n)s calls", now["calls"])
        said.append(_sentence(calls, _compared(now["calls"], shown.before["calls"], texts)))
    if now["fell"] and not one_customer:
        said.append(
            texts.count(
                "Calls fell by 40 %% or more at %(n)s customer.",
                "Calls fell by 40 %% or more at %(n)s customers.",
                now["fell"],
            )
        )
    volumes = [count for name in VOLUMES if (count := now[name]) is not None]
    idle = percentage(volumes[0], sum(volumes)) if len(volumes) == len(VOLUMES) else None
    if idle is not None:
        said.append(texts(N_("%(share)s of the users made no call."), share=texts.percent(idle)))
    return said


def _quality(shown: Shown, texts: Texts, one_customer: bool) -> Sequence[str]:
    now = shown.now
    said = []
    if now["doubled"]:
        doubled = (
            texts(N_("Poor legs doubled"))
            if one_customer
            else texts.count(
                "Poor legs doubled at %(n)s customer", "Poor legs doubled at %(n)s customers", now["doubled"]
            )
        )
        kind = max(Endpoint, key=lambda each: now[f"doubled_poor_{each}"] or 0)
        share = percentage(now[f"doubled_poor_{kind}"], now["doubled_poor"])
        where = (
            texts(N_("%(share)s of them on: %(kind)s"), share=texts.percent(round(share)), kind=texts(ENDPOINTS[kind]))
            if share
            else ""
        )
        said.append("; ".join(filter(None, [doubled, where])) + ".")
    poor = now.pct("poor")
    if poor is not None:
        share_poor = texts(N_("%(share)s of the call legs were poor"), share=texts.percent(poor))
        said.append(_sentence(share_poor, _shifted(poor, shown.before.pct("poor"), texts)))
    return said


def _endpoints(shown: Shown, texts: Texts, _one_customer: bool) -> Sequence[str]:
    now = shown.now
    rates = {kind: rate for kind in Endpoint if (rate := now.pct(f"poor_{kind}")) is not None}
    said = []
    if rates and max(rates.values()) > 0:
        worst = max(rates, key=lambda kind: rates[kind])
        said.append(
            texts(
                N_("The largest share of poor legs is on: %(kind)s, %(share)s."),
                kind=texts(ENDPOINTS[worst]),
                share=texts.percent(rates[worst]),
            )
        )
        all_poor = sum(now[f"poor_{kind}_part"] or 0 for kind in Endpoint)
        most = max(Endpoint, key=lambda kind: now[f"poor_{kind}_part"] or 0)
        share = percentage(now[f"poor_{most}_part"], all_poor)
        said.append(
            texts(
                N_("%(share)s of all poor legs are on: %(kind)s."),
                share=texts.percent(share),
                kind=texts(ENDPOINTS[most]),
            )
        )
    elif rates:
        said.append(texts(N_("No call leg was poor.")))
    return said


def _features(shown: Shown, texts: Texts, _one_customer: bool) -> Sequence[str]:
    calls = {kind: count for kind in Feature if (count := shown.now[f"queued_{kind}"]) is not None}
    said = []
    if calls:
        most = max(calls, key=lambda kind: calls[kind])
        said.append(
            texts(
                N_("Most calls came in by: %(feature)s, %(calls)s."),
                feature=texts(FEATURES[most]),
                calls=texts.number(calls[most]),
            )
        )
        moved = {
            kind: change
            for kind, count in calls.items()
            if (change := change_pct(count, shown.before[f"queued_{kind}"])) is not None
        }
        if moved:
            kind = max(moved, key=lambda each: abs(moved[each]))
            compared = _compared(calls[kind], shown.before[f"queued_{kind}"], texts)
            said.append(f"{texts(FEATURES[kind]).capitalize()}: {compared}.")
    return said


def _queues(shown: Shown, texts: Texts, _one_customer: bool) -> Sequence[str]:
    now, before = shown.now, shown.before
    said = []
    rate = now.pct("abandoned")
    if rate is not None:
        share = texts(N_("%(share)s of the calls to queues were abandoned"), share=texts.percent(rate))
        said.append(_sentence(share, _shifted(rate, before.pct("abandoned"), texts)))
    slower = points(now.mean("answer"), before.mean("answer"))
    if slower:
        time = duration(abs(slower), texts)
        said.append(
            texts(N_("Answering took %(time)s longer than the week before."), time=time)
            if slower > 0
            else texts(N_("Answering was %(time)s faster than the week before."), time=time)
        )
    return said


_SAID: dict[View, Callable[[Shown, Texts, bool], Sequence[str]]] = {
    View.USAGE: _usage,
    View.QUALITY: _quality,
    View.ENDPOINTS: _endpoints,
    View.FEATURES: _features,
    View.QUEUES: _queues,
}


def figures(shown: Shown, texts: Texts) -> list[dict[str, str]]:
    """Return the figures of the newest week that stand in large type."""
    now = shown.now
    number, percent = texts.number, texts.percent
    by_view: dict[View, Sequence[tuple[str, str]]] = {
        View.USAGE: (
            (N_("calls"), number(now["calls"])),
            (N_("minutes"), number(now["minutes"])),
            (N_("active users"), number(now["active_users"])),
        ),
        View.QUALITY: (
            (N_("call legs"), number(now["legs"])),
            (N_("poor legs"), number(now["poor_legs"])),
            (N_("poor"), percent(now.pct("poor"))),
        ),
        View.ENDPOINTS: tuple((ENDPOINTS[kind], percent(now.pct(f"poor_{kind}"))) for kind in Endpoint),
        View.FEATURES: tuple((FEATURES[kind], number(now[f"queued_{kind}"])) for kind in Feature),
        View.QUEUES: (
            (N_("average time to answer"), duration(now.mean("answer"), texts)),
            (N_("average wait before abandoning"), duration(now.mean("wait"), texts)),
            (N_("abandoned"), percent(now.pct("abandoned"))),
        ),
    }
    return [{"title": texts(title), "value": value} for title, value in by_view[shown.view]]


def week_data(view: View, week: Week) -> dict[str, object]:
    """Return what `--json` tells of a week."""
    if view is View.USAGE:
        buckets = {"0": "0", "1-5": "1_5", "6-20": "6_20", "20+": "20"}
        return {
            **_named(week, "calls", "minutes", "active_users"),
            "users_by_calls": {name: week[f"users_by_calls_{flat}"] for name, flat in buckets.items()},
        }
    if view is View.QUALITY:
        return {**_named(week, "legs", "poor_legs"), "poor_pct": week.pct("poor")}
    if view is View.ENDPOINTS:
        return {
            kind.value: {
                "legs": week[f"endpoints_{kind}_legs"],
                "poor_legs": week[f"endpoints_{kind}_poor_legs"],
                "poor_pct": week.pct(f"poor_{kind}"),
            }
            for kind in Endpoint
        }
    if view is View.FEATURES:
        return {kind.value: week[f"queued_{kind}"] for kind in Feature}
    return {
        "calls": week["queue_calls"],
        "time_to_answer": week.mean("answer"),
        "wait_before_abandoning": week.mean("wait"),
        "abandoned": week["queue_abandoned"],
        "abandoned_pct": week.pct("abandoned"),
        **{name: week[f"queue_{name}"] for name in ("timed_out", "overflowed", "transferred")},
    }


def _named(week: Week, *names: str) -> dict[str, int | None]:
    return {name: week[name] for name in names}
