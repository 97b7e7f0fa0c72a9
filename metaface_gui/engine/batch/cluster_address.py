"""Cluster addresses: parsing, and refusing those to which personal data would be sent unencrypted."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass

from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError

_ADDRESS = re.compile(r"(?:(tcp|tls)://)?(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:/\[\]]+)):([0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class ClusterAddress:
    """Where a Dask scheduler listens: `tcp` or `tls`, a host name or IP address, and a port."""

    protocol: str
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> ClusterAddress:
        """Parse an address as Dask's programs print it: tls://host:8786, tcp://[::1]:8786 or host:8786.

        Raises:
            ValueError: if it is not such an address.
        """
        match = _ADDRESS.fullmatch(text)
        if match is None or not 0 < int(match[4]) < 1 << 16:
            raise ValueError(text)
        return cls(match[1] or "tcp", match[2] or match[3], int(match[4]))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.protocol}://{host}:{self.port}"


def refuse_unencrypted(address: ClusterAddress) -> None:
    """Refuse to send anything unencrypted to another computer.

    Raises:
        KnownError: if the address is on another computer and does not encrypt.
    """
    if address.protocol != "tls" and not _is_this_computer(address.host):
        raise KnownError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "{address} is on another computer, and face templates are not sent there unencrypted. Start scheduler "
                "and workers with certificates (tls://), as the README shows under “Beyond one machine”.",
            ),
            address=address,
        )


def _is_this_computer(host: str) -> bool:
    """Return whether a socket can bind to all the host's addresses, so own ones other than 127.0.0.1 count, too."""
    try:
        found = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)
        for family, kind, protocol, _, where in found:
            with socket.socket(family, kind, protocol) as probe:
                probe.bind(where)
    except OSError:
        return False
    return True
