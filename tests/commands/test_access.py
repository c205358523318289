"""The table of roles: it names every command there is, and no other."""

import pytest

from commands import access, registry
from commands.context import Context
from commands.registry import command
from commands.reply import Reply


def test_the_table_names_every_command_and_no_other() -> None:
    assert set(access.TABLE) == {each.name for each in registry().commands}


def test_a_command_that_no_row_names_cannot_be_declared() -> None:
    with pytest.raises(LookupError, match="who may run 'unheard of'"):

        @command("unheard of", summary="", examples=["unheard of"])
        def unheard_of(ctx: Context) -> Reply:
            return Reply("help")
