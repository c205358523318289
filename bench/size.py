"""A sandbox of 100,000 customers: how soon it is ready, what memory it takes, how fast it answers."""

import json
import subprocess
import sys
from dataclasses import dataclass

import httpx
import psutil
from rich.console import Console
from rich.table import Table

CUSTOMERS = 100_000
REPETITIONS = 3
PROGRAM = "import sys; from sandbox.cli import serve; serve(*map(int, sys.argv[1:]))"
ASKED = {
    "organizations": "/v1/organizations",
    "a search for customers by tag": "/v1/partner/tags/organizations?tags=gold",
    "a page of 1,000 subscriptions": "/partnerhub/v1/subscriptions?max=1000",
    "a search in the page's panel": "/sandbox/customers?q=zzz&max=9",
}


@dataclass(frozen=True)
class Size:
    """Seconds until ready, the memory then in bytes and after all was asked, and the slowest answers in seconds.

    Seconds are the processor's, of the sandbox alone: what else the machine is doing does not count.
    """

    ready: float
    memory: int
    memory_after: int
    answers: dict[str, float]


def measure(customers: int = CUSTOMERS) -> Size:
    """Start a sandbox in a process of its own, and ask."""
    command = [sys.executable, "-c", PROGRAM, "0", str(customers), "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout
            facts = json.loads(program.stdout.readline())
            process = psutil.Process(program.pid)
            ready = _busy(process)
            memory = process.memory_info().rss
            headers = {"Authorization": f"Bearer {facts['admin_token']}"}
            with httpx.Client(base_url=facts["url"], headers=headers, timeout=60) as client:
                client.get("/v1/people/me").raise_for_status()
                answers = {
                    name: max(_seconds(process, client, path) for _ in range(REPETITIONS))
                    for name, path in ASKED.items()
                }
                began = _busy(process)
                client.post("/sandbox/clock", json={"advance_days": 7}).raise_for_status()
                answers["a week that passes"] = _busy(process) - began
            return Size(ready, memory, process.memory_info().rss, answers)
        finally:
            program.kill()


def _seconds(process: psutil.Process, client: httpx.Client, path: str) -> float:
    began = _busy(process)
    client.get(path).raise_for_status()
    return _busy(process) - began


def _busy(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def main() -> None:
    """Measure, and print a table."""
    size = measure()
    table = Table(title=f"A sandbox of {CUSTOMERS:,} customers")
    table.add_column("")
    table.add_column("", justify="right")
    table.add_row("ready", f"{size.ready:.1f} s")
    table.add_row("memory when ready", f"{size.memory / 1e6:.0f} MB")
    table.add_row("memory after all that", f"{size.memory_after / 1e6:.0f} MB")
    for name, seconds in size.answers.items():
        table.add_row(name, f"{seconds:.2f} s")
    Console().print(table)
