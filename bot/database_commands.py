"""`partnerbot db …`: bring up to date, save, put back, move to another database."""

from pathlib import Path
from typing import Annotated

import typer

from bot import terminal

app = typer.Typer(no_args_is_help=True, help="The database: upgrade, backup, restore, copy.")


@app.command()
def upgrade() -> None:
    """Create the database, or bring an older one up to date."""
    with terminal.told_in_one_line(), terminal.parts() as parts:
        typer.echo(f"{parts.database.url} is up to date.")


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Where to save it; an earlier file is replaced.")]) -> None:
    """Save the SQLite database into a file; the service may run on."""
    from storage.backup import back_up

    with terminal.told_in_one_line(), terminal.parts() as parts:
        size = back_up(parts.database, file)
    typer.echo(f"Saved to {file} ({size:,} bytes).")


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file that `db backup` saved.")]) -> None:
    """Put a backup in the place of the SQLite database; the service must be stopped."""
    from storage import Database
    from storage.backup import restore as put_back

    with terminal.told_in_one_line():
        url = terminal.settings().database_url
        kept = put_back(url, file)
        database = Database(url)
        database.upgrade()
        database.close()
    typer.echo(f"Restored from {file}." + (f" What was there before is {kept}." if kept else ""))


@app.command()
def copy(
    target: Annotated[
        str,
        typer.Argument(
            envvar="PARTNERBOT_COPY_TO", help="URL of an empty database, such as postgresql://user@host/partnerbot."
        ),
    ],
) -> None:
    """Copy the configured database into an empty one, every row compared; stop the service first."""
    from storage import Database
    from storage.copying import copy as copy_rows

    with terminal.told_in_one_line(), terminal.parts() as parts, terminal.progress() as progress:
        other = Database(target)
        other.upgrade()
        copied = copy_rows(parts.database, other, progress)
        other.close()
    typer.echo(f"{sum(copied.values()):,} rows in {len(copied)} tables copied to {other.url}, each compared.")
    typer.echo("Set PARTNERBOT_DATABASE_URL to it and start the service.")
