"""A tiny HTTP proxy: requests by absolute address are passed on, and CONNECT opens a tunnel."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_ABSOLUTE = re.compile(rb"^([A-Z]+) http://[^/ ]+/", re.MULTILINE)


@dataclass
class Proxy:
    """A running proxy; `seen` holds the first request line of each connection with its User-Agent."""

    url: str
    seen: list[tuple[str, str]] = field(default_factory=list)

    def agents(self, method: str) -> set[str]:
        """Who came with this method: products without versions."""
        return {agent.partition("/")[0].lower() for line, agent in self.seen if line.startswith(f"{method} ")}


@contextmanager
def running_proxy() -> Iterator[Proxy]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        proxy = Proxy(f"http://127.0.0.1:{server.getsockname()[1]}")
        threading.Thread(target=_accept, args=(server, proxy), daemon=True).start()
        yield proxy
        # Else whoever waits in accept() is not told.
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


def _accept(server: socket.socket, proxy: Proxy) -> None:
    with suppress(OSError):
        while True:
            client, _ = server.accept()
            threading.Thread(target=_serve, args=(client, proxy), daemon=True).start()


def _serve(client: socket.socket, proxy: Proxy) -> None:
    with client, suppress(OSError):
        head = b""
        while b"\r\n\r\n" not in head:
            more = client.recv(65_536)
            if not more:
                return
            head += more
        line, *headers = head.decode("latin-1").split("\r\n")
        named = {name.lower(): value.strip() for name, _, value in (header.partition(":") for header in headers)}
        proxy.seen.append((line, named.get("user-agent", "")))
        method, target, _ = line.split(" ")
        place = urlsplit(f"//{target}" if method == "CONNECT" else target)
        with socket.create_connection((place.hostname or "", place.port or 80)) as upstream:
            if method == "CONNECT":
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                upstream.sendall(_relative(head))
            back = threading.Thread(target=_pipe, args=(upstream, client), daemon=True)
            back.start()
            _pipe(client, upstream, _relative)
            back.join()


def _relative(sent: bytes) -> bytes:
    """Requests by path, which is what a server behind a proxy gets."""
    return _ABSOLUTE.sub(rb"\1 /", sent)


def _pipe(source: socket.socket, to: socket.socket, change: Callable[[bytes], bytes] = bytes) -> None:
    with suppress(OSError):
        while chunk := source.recv(65_536):
            to.sendall(change(chunk))
    with suppress(OSError):
        to.shutdown(socket.SHUT_WR)
