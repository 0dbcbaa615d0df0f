import socket
from ipaddress import ip_address

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from monitor.errors import AddressRefused
from monitor.poll.addresses import GuardedResolver, check_url, is_public

INSIDE = [
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *(
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.88.99.1",
        "168.63.129.16",
    ),
    *(
        "::1",
        "::",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
    ),
    *(
        "2002:7f00:1::",
        "2001::1",
        "fe80::1",
        "fe80::1%1",
        "fec0::1",
        "fd00:ec2::254",
        "ff02::1",
        "ff0e::1",
        "2001:db8::1",
    ),
]


@pytest.mark.parametrize("address", INSIDE)
def test_what_leads_inside_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "2a00:1450::1"])
def test_what_is_on_the_open_internet_is(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *(f"http://{address}/" for address in INSIDE if ":" not in address),
        *(f"http://[{address}]/" for address in INSIDE if ":" in address),
        "file:///etc/passwd",
        "gopher://e.org/",
        "ftp://e.org/feed",
        "//e.org/feed",
        "feed.xml",
        "http:///feed",
        "http://user@e.org/",
        "http://user:hunter2@e.org/",
        "http://@e.org/",
        "http://[bad",
        "http://e.org:99999/",
        "",
    ],
)
def test_a_url_that_is_not_fetched(url: str) -> None:
    with pytest.raises(AddressRefused) as refusal:
        check_url(url, ())
    assert "hunter2" not in str(refusal.value)
    assert refusal.value.outcome == "refused"


@pytest.mark.parametrize(
    "url", ["http://e.org/feed", "HTTPS://E.org:8443/?a=b@c", "http://1.1.1.1/", "http://[2a00:1450::1]/"]
)
def test_a_url_that_is(url: str) -> None:
    check_url(url, ())


def test_a_host_that_is_allowed_by_name() -> None:
    check_url("http://[::1]:80/", ("::1",))
    check_url("http://127.0.0.1/", ("127.0.0.1",))
    with pytest.raises(AddressRefused, match=r"name it in poll\.allow_hosts"):
        check_url("http://127.0.0.1/", ("127.0.0.2", "localhost"))


class Names(AbstractResolver):
    """Every name has these addresses."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self.addresses
        ]

    async def close(self) -> None:
        pass


async def test_a_public_name_of_a_private_address_is_refused() -> None:
    with pytest.raises(AddressRefused, match=r"rebound\.example\.org is a private"):
        await GuardedResolver((), Names("192.168.1.1")).resolve("rebound.example.org")


async def test_one_private_answer_among_public_ones_is_enough() -> None:
    with pytest.raises(AddressRefused):
        await GuardedResolver((), Names("1.1.1.1", "::1")).resolve("mixed.example.org")


async def test_public_answers_and_allowed_names_pass() -> None:
    assert len(await GuardedResolver((), Names("1.1.1.1", "2a00:1450::1")).resolve("e.org")) == 2
    assert len(await GuardedResolver(("Intranet.",), Names("10.0.0.1")).resolve("intranet")) == 1
    assert len(await GuardedResolver(("intranet",), Names("10.0.0.1")).resolve("intranet.")) == 1


@pytest.mark.parametrize("number", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"])
async def test_other_ways_to_write_this_machine(number: str) -> None:
    resolver = GuardedResolver(())
    with pytest.raises((AddressRefused, OSError)):
        await resolver.resolve(number, 80)
    await resolver.close()
