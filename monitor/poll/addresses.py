"""Which addresses may be contacted: public ones, and hosts that the operator allows by name."""

import re
import socket
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from monitor.errors import AddressRefused

# What `is_global` lets pass although it leads inside: NAT64 (RFC 6052, RFC 8215), 6to4 and its relays (RFC 3056, RFC
# 7526), Teredo (RFC 4380), IPv4-compatible (RFC 4291, section 2.5.5.1), site-local (RFC 3879), a cloud's own services.
_INSIDE = (
    *map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10")),
    *map(ip_network, ("192.88.99.0/24", "168.63.129.16/32")),
)
# A host whose last part is a number can only be an IPv4 address (WHATWG URL Standard, "ends in a number").
_NUMBER = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)$", re.I)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether this is an address of the open Internet and of one host."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return is_public(address.ipv4_mapped)
    inside = any(address.version == network.version and address in network for network in _INSIDE)
    return address.is_global and not (address.is_multicast or inside)


def check_url(url: str, allow_hosts: Collection[str]) -> URL:
    """The URL as it is to be contacted. Raises AddressRefused where scheme, login or a literal address rule it out.

    What is checked is the host that the client will use: letters such as ① or １ have become digits in it.
    """
    try:
        target, has_login = URL(url), "@" in urlsplit(url).netloc
    except ValueError:
        raise AddressRefused("the address cannot be read: expected http:// or https:// and a host") from None
    host = target.raw_host
    if target.scheme not in ("http", "https") or not host:
        raise AddressRefused(f"only http and https addresses with a host are fetched, not {target.scheme or 'this'}:")
    if has_login or target.raw_user is not None or target.raw_password is not None:
        raise AddressRefused(f"the address of {host} has a name or password in it; such addresses are not fetched")
    _check_literal(host, allow_hosts)
    return target


def _check_literal(host: str, allow_hosts: Collection[str]) -> None:
    """Refuse a host that is a private address, or an address in a form that programs read differently."""
    bare = host.rstrip(".")
    try:
        literal = ip_address(bare)
    except ValueError:
        if ":" in bare or _NUMBER.search(bare):
            raise AddressRefused(
                f"the host {host} is a number that is no address; an IPv4 address has four decimal numbers from 0 to"
                " 255, without zeros in front"
            ) from None
    else:
        _check(host, [str(literal)], allow_hosts)


class GuardedResolver(AbstractResolver):
    """Names → addresses, refusing a name of which any answer is not public: what is checked is what is connected to."""

    def __init__(self, allow_hosts: Collection[str], resolver: AbstractResolver | None = None) -> None:
        self._allow_hosts = allow_hosts
        self._resolver = resolver or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of this host. Raises AddressRefused, and OSError where there are none."""
        answers = await self._resolver.resolve(host, port, family)
        _check(host, [answer["host"] for answer in answers], self._allow_hosts)
        return answers

    async def close(self) -> None:
        """Let go of the resolver behind."""
        await self._resolver.close()


def _check(host: str, addresses: list[str], allow_hosts: Collection[str]) -> None:
    if _plain(host) in map(_plain, allow_hosts):
        return
    if any(not is_public(ip_address(address)) for address in addresses):
        raise AddressRefused(
            f"{host} is a private or reserved address, which is not fetched; "
            "to allow this host, name it in poll.allow_hosts"
        )


def _plain(host: str) -> str:
    return host.lower().rstrip(".").strip("[]")
