"""What is counted while the service runs, for Prometheus. Names are a promise: dashboards and alert rules use them."""

import httpx
from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()
"""Of this process, and of nothing but the service."""

CALLS = Counter(
    "partnerbot_calls",
    "Requests to Webex and the feed, by who asked and the HTTP status (429: asked too much; failed: no answer).",
    ["source", "status"],
    registry=REGISTRY,
)
MESSAGES = Counter("partnerbot_messages", "Messages and clicks that were taken up.", ["kind"], registry=REGISTRY)
ANSWERS = Histogram(
    "partnerbot_answer_seconds",
    "From taking up a message or click to its answer being written for delivery.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60),
    registry=REGISTRY,
)
COMMANDS = Counter(
    "partnerbot_commands", "Commands that were run, by what came of them.", ["command", "outcome"], registry=REGISTRY
)
DELIVERIES = Histogram(
    "partnerbot_delivery_seconds",
    "From a message being written for delivery to Webex having taken it.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600),
    registry=REGISTRY,
)
PROBLEMS = Counter(
    "partnerbot_problems", "Lines in the log that are no good news.", ["level", "action"], registry=REGISTRY
)

FAILED = "failed"
"""Stands for the status of a request that got no answer."""


def count_call(source: str, response: httpx.Response | None) -> None:
    """Count one request, and what came of it."""
    CALLS.labels(source, str(response.status_code) if response is not None else FAILED).inc()
