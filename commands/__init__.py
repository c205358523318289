"""What a person can type: one module per topic, joined here."""

from commands import (
    administrators,
    alerts,
    audit,
    calling,
    customers,
    filters,
    followup,
    imports,
    indicators,
    noise,
    report_templates,
    reports,
    resources,
    rules,
    selftest,
    settings,
    silences,
    tags,
    trend,
    trials,
    upkeep,
    why,
)
from commands.help import help_command
from commands.registry import Command, Registry


def registry() -> Registry:
    """Return every command."""
    known: list[Command] = [
        *customers.COMMANDS,
        *filters.COMMANDS,
        *indicators.COMMANDS,
        *trend.COMMANDS,
        *calling.COMMANDS,
        *administrators.COMMANDS,
        *tags.COMMANDS,
        *trials.COMMANDS,
        *imports.COMMANDS,
        *reports.COMMANDS,
        *report_templates.COMMANDS,
        *alerts.COMMANDS,
        *followup.COMMANDS,
        *silences.COMMANDS,
        *why.COMMANDS,
        *noise.COMMANDS,
        *selftest.COMMANDS,
        *rules.COMMANDS,
        *upkeep.COMMANDS,
        *resources.COMMANDS,
        *settings.COMMANDS,
        *audit.COMMANDS,
        help_command(lambda: known),
    ]
    return Registry(known)
