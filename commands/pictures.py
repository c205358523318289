"""Charts of answers, as files."""

from hashlib import sha256
from zoneinfo import ZoneInfo

from commands.context import Context
from commands.reply import Attachment
from templates.charts import Chart, picture


def attached(ctx: Context, chart: Chart, title: str) -> Attachment:
    """Draw a chart into a file; its name tells its title and the day where the reader is.

    On disk it is named by what it shows, so the same chart is one file however often it is asked for.
    """
    png = picture(chart)
    path = ctx.services.files / f"chart-{sha256(png).hexdigest()[:24]}.png"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png)
    day = ctx.now.astimezone(ZoneInfo(ctx.texts.zone)).date()
    return Attachment(path, f"{title}_{day.isoformat()}.png", title)
