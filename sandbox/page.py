"""The chat page: its own files, and the npm packages that it draws with."""

from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.errors import NotFound
from sandbox.world import World

PAGE = Path(__file__).parent / "page"
MODULES = PAGE / "node_modules"
VENDOR = {
    "adaptivecards": MODULES / "adaptivecards" / "dist",
    "momentum": MODULES / "@momentum-design" / "tokens" / "dist",
}
_HUES = (205, 150, 265, 20, 330, 45, 180, 290, 95)


class Page:
    """The page in the browser, and the avatars."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """What is served here."""
        return [
            Route("/", self.index),
            Route("/page/avatars/{person}.svg", self.avatar),
            Route("/page/vendor/{package}/{file:path}", self.vendor),
            Route("/page/{file:path}", self.own_file),
        ]

    async def index(self, _request: Request) -> Response:
        """The page itself."""
        if not all(folder.is_dir() for folder in VENDOR.values()):
            return _not_installed()
        return FileResponse(PAGE / "index.html")

    async def own_file(self, request: Request) -> Response:
        """One of the page's own files."""
        return _file_in(PAGE, request.path_params["file"])

    async def vendor(self, request: Request) -> Response:
        """A file of an npm package."""
        folder = VENDOR.get(request.path_params["package"])
        if folder is None:
            raise NotFound("No such package.")
        return _file_in(folder, request.path_params["file"]) if folder.is_dir() else _not_installed()

    async def avatar(self, request: Request) -> Response:
        """Somebody's initials on a colour; people/me must have an avatar (WEBEX.md §10)."""
        person = self._world.person(request.path_params["person"])
        initials = "".join(word[0] for word in person.display_name.split()[:2])
        hue = _HUES[list(self._world.people).index(person.uuid) % len(_HUES)]
        drawing = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80">'
            f'<rect width="80" height="80" fill="hsl({hue} 45% 42%)"/>'
            '<text x="40" y="42" fill="#fff" font-family="sans-serif" font-size="32" '
            f'text-anchor="middle" dominant-baseline="middle">{escape(initials)}</text></svg>'
        )
        return Response(drawing, media_type="image/svg+xml", headers={"Cache-Control": "max-age=3600"})


def _not_installed() -> Response:
    return PlainTextResponse("The chat page's packages are not installed: run `make setup`.", 503)


def _file_in(folder: Path, name: str) -> Response:
    try:
        path = (folder / name).resolve()
        is_there = path.is_relative_to(folder.resolve()) and path.is_file()
    except (ValueError, OSError):
        # A name that no file can have.
        is_there = False
    if not is_there:
        raise NotFound("File not found.")
    return FileResponse(path, headers={"Cache-Control": "no-cache"})
