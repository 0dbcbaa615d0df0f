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
        "http://e\\\\@127.0.0.1/",
        "",
    ],
)
def test_a_url_that_is_not_fetched(url: str) -> None:
    with pytest.raises(AddressRefused) as refusal:
        check_url(url, ())
    assert "hunter2" not in str(refusal.value)
    assert refusal.value.outcome == "refused"


THIS_MACHINE = [
    "\u2460\u2461\u2466.0.0.1",  # circled digits
    "\uff11\uff12\uff17.0.0.1",  # full-width digits
    "127\u30020\u30020\u30021",  # ideographic full stops
    "127\uff0e0\uff0e0\uff0e1",  # full-width full stops
    "127.0.0.1\u3002",
    "127.0.0.1.",
    "[::ffff:127.0.0.1]",
    "[::1%25lo]",
]


@pytest.mark.parametrize("host", THIS_MACHINE)
def test_an_address_in_other_letters_is_the_same_address(host: str) -> None:
    with pytest.raises(AddressRefused, match="private or reserved"):
        check_url(f"http://{host}:8080/", ())


NUMBERS = ["127.1", "2130706433", "0177.0.0.1", "017700000001", "0x7f.1", "0x7f000001", "1.0x", "0", "1.2.3.4.5"]


@pytest.mark.parametrize("host", [*NUMBERS, "\uff11\uff12\uff17\uff0e\uff11", "127.1.", "8.8.8.010"])
def test_a_number_that_programs_read_differently_is_refused_in_words(host: str) -> None:
    with pytest.raises(AddressRefused, match="four decimal numbers"):
        check_url(f"http://{host}/", ("127.1", "2130706433"))


@pytest.mark.parametrize("host", ["1.example.org", "0x7f.example.org", "2024.e", "x127.1a"])
def test_a_name_may_have_numbers_in_it(host: str) -> None:
    assert check_url(f"http://{host}/", ()).host == host


def test_what_is_checked_is_what_will_be_contacted() -> None:
    target = check_url("http://B\u00fccher.Example:8080/a?b=c", ())
    assert (target.raw_host, target.port, target.path_qs) == ("xn--bcher-kva.example", 8080, "/a?b=c")


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
