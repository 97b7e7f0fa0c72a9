"""Sees to it that no test reaches out of this computer, whoever asked for it and whatever became of the answer."""

from __future__ import annotations

import errno
import ipaddress

_WITH_ADDRESS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_WITH_HOST = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})


class NetworkGuard:
    """An audit hook (PEP 578), so it hears of every connection and look-up that Python makes, in any library.

    What goes elsewhere is refused as if the network were gone, and put down in `tried`, for the program may well
    have an answer to that. Loopback and UNIX sockets are let through: servers that tests start themselves.
    """

    def __init__(self) -> None:
        self.tried: list[str] = []

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        """Judge one event of the interpreter.

        Raises:
            OSError: if it would leave this computer.
        """
        if event in _WITH_ADDRESS:
            address = args[1]
            # A path, or numbers of the kernel's own: no network.
            host = address[0] if isinstance(address, tuple) else None
        elif event in _WITH_HOST:
            host = args[0]
        else:
            return
        if isinstance(host, bytes):
            host = host.decode(errors="replace")
        if isinstance(host, str) and not _is_here(host):
            self.tried.append(f"{event} {host}")
            raise OSError(errno.ENETUNREACH, f"a test may not reach {host}")


def _is_here(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
