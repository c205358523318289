"""Trials: asking for one, changing one, listing them, and waiting for one that is started elsewhere.

Webex has no public interface that starts trials; the feed offers one (docs/feed.md). Without a feed they are started in
Partner Hub, and awaited here.
"""

from hub.trials.awaiting import Await, Awaited, await_trial, settle
from hub.trials.changes import (
    EXTENSION_DAYS,
    LONGEST,
    Order,
    Refusal,
    StartedTrial,
    TrialRefused,
    Trials,
    cancel,
    extended_end,
    has_trial,
    move_end,
    set_products,
    start,
    was_done,
)
from hub.trials.listing import Counts, Trial, TrialPage, list_trials, state_of, trial, trials_of
from hub.trials.request import DURATIONS, MOST_LICENCES, Problem, TrialRequest, read_counts

__all__ = [
    "DURATIONS",
    "EXTENSION_DAYS",
    "LONGEST",
    "MOST_LICENCES",
    "Await",
    "Awaited",
    "Counts",
    "Order",
    "Problem",
    "Refusal",
    "StartedTrial",
    "Trial",
    "TrialPage",
    "TrialRefused",
    "TrialRequest",
    "Trials",
    "await_trial",
    "cancel",
    "extended_end",
    "has_trial",
    "list_trials",
    "move_end",
    "read_counts",
    "set_products",
    "settle",
    "start",
    "state_of",
    "trial",
    "trials_of",
    "was_done",
]
