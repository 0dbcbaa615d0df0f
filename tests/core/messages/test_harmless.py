import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.messages.harmless import http_link, one_line, spaced


def test_controls_go_and_lines_become_one() -> None:
    assert one_line(" a\x00\x1b[31m\r\nBcc: b\x9b\u202ec\u2069\x7f\u2028d\t\ufeff ") == "a[31m Bcc: bc d"


def test_half_a_surrogate_pair_becomes_a_replacement() -> None:
    assert one_line("a\ud83d") == "a\ufffd"


def test_what_other_scripts_need_stays() -> None:
    persian, family = "می\u200cخواهم", "👨‍👩‍👧"
    assert one_line(persian + family) == persian + family


def test_spaced_keeps_a_space_at_the_ends() -> None:
    assert spaced(" a\n\n") == " a "


@given(st.text())
def test_one_line_is_one_line_that_any_wire_takes(text: str) -> None:
    shown = one_line(text)
    shown.encode("utf-8")
    assert len(shown.splitlines()) <= 1
    assert not any(char in shown for char in "\x00\x1b\x9b\u202e\u2067")


@pytest.mark.parametrize(
    ("url", "link", "host"),
    [
        ("https://e.example.net/a?x=1|b.example.com", "https://e.example.net/a?x=1%7Cb.example.com", "e.example.net"),
        ("HTTP://News.Example.org:8080/x", "http://news.example.org:8080/x", "news.example.org"),
        ("https://n.example.org/%7C?q=a%20b&t=1#top", "https://n.example.org/%7C?q=a%20b&t=1#top", "n.example.org"),
        ("https://n.example.org/a?token=s3cret", "https://n.example.org/a?token=s3cret", "n.example.org"),
        ("https://bank.example.com@evil.example/x", "https://evil.example/x", "evil.example"),
        ("https://n.example.org//a//b", "https://n.example.org//a//b", "n.example.org"),
        ("https://n.example.org/путь", "https://n.example.org/%D0%BF%D1%83%D1%82%D1%8C", "n.example.org"),
        ("https://аррӏе.example/", "https://xn--80ak6aa92e.example/", "xn--80ak6aa92e.example"),
        ('https://n.example.org/"><script>', "https://n.example.org/%22%3E%3Cscript%3E", "n.example.org"),
        ("https://n.example.org/a\r\nSet: b", "https://n.example.org/aSet:%20b", "n.example.org"),
        ("http://[2001:db8::1]/", "http://[2001:db8::1]/", "[2001:db8::1]"),
    ],
)
def test_a_web_address_becomes_a_link(url: str, link: str, host: str) -> None:
    assert http_link(url) == (link, host)


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "ftp://n.example.org/",
        "//n.example.org/",
        "https:///path",
        "https://a b/",
        "https://n.example.org:99999/",
        "https://[::1",
        "https://" + "a" * 70 + ".example/",
        "https://n.example.org/" + "x" * 2000,
    ],
)
def test_anything_else_is_no_link(url: str | None) -> None:
    assert http_link(url) is None


@given(st.text())
def test_any_text_is_a_link_or_none(text: str) -> None:
    found = http_link(f"https://{text}")
    assert found is None or not set(found[0]) & set('|<> \n"')
