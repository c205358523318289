"""One short id for a message, its answers and their delivery, by which a log can be searched."""

from hashlib import sha256

_ANSWERS = ("answer:", "progress:")
"""What the causes of messages begin with that belong to a question; its id follows."""


def of_request(request_id: str) -> str:
    """Return the id of a message or click. It tells nothing of it, and is the same on every machine."""
    return sha256(request_id.encode()).hexdigest()[:12]


def of_cause(cause: str) -> str:
    """Return the id of a message on its way out: that of the question it answers, if it answers one."""
    for start in _ANSWERS:
        if cause.startswith(start):
            return of_request(cause.removeprefix(start).rpartition(":")[0])
    return of_request(cause)
