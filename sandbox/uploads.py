"""Files on their way into a message: uploaded, or fetched from an address of this machine (WEBEX.md §1)."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import httpx

from sandbox.errors import BadRequest
from sandbox.loopback import is_loopback_url

PATIENCE_SECONDS = 10.0
_TIFF_STARTS = (b"II*\x00", b"MM\x00*")


@dataclass(frozen=True)
class Upload:
    """A file as it was sent."""

    name: str
    content_type: str
    data: bytes

    def checked(self, limit_bytes: int) -> "Upload":
        """The file, when Webex would take it; BadRequest otherwise."""
        if len(self.data) > limit_bytes:
            raise too_large(limit_bytes)
        is_tiff = self.content_type == "image/tiff" or self.data.startswith(_TIFF_STARTS)
        if is_tiff or self.name.lower().endswith((".tif", ".tiff")):
            raise BadRequest("TIFF files cannot be shared.")
        return self


def too_large(limit_bytes: int) -> BadRequest:
    """The refusal of a file above the limit."""
    return BadRequest(f"The file is too large: at most {limit_bytes} bytes.")


async def fetch_upload(url: str, limit_bytes: int) -> Upload:
    """The file at an address; BadRequest when it is not this machine's, cannot be had or is too large."""
    if not is_loopback_url(url):
        raise BadRequest("The sandbox fetches files from this machine only: files must be http(s) to 127.0.0.1.")
    data = bytearray()
    try:
        async with (
            httpx.AsyncClient(timeout=PATIENCE_SECONDS, trust_env=False, verify=False) as client,  # noqa: S501  # nosec B501
            client.stream("GET", url) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise BadRequest(f"The file could not be fetched: it was answered with {response.status_code}.")
            async for part in response.aiter_bytes():
                data += part
                if len(data) > limit_bytes:
                    raise too_large(limit_bytes)
    except (httpx.HTTPError, httpx.InvalidURL):
        raise BadRequest("The file could not be fetched.") from None
    content_type = response.headers.get("content-type", "application/octet-stream")
    return Upload(_name(url), content_type, bytes(data)).checked(limit_bytes)


def _name(url: str) -> str:
    return unquote(urlsplit(url).path).rpartition("/")[2] or "file"
