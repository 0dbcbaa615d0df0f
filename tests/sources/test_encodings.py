import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.encodings import decode

TEXT = "Fähre für 40 € – “wieder” da"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-8", "cp1252"])
def test_it_is_found_without_a_declaration(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize("encoding", ["iso-8859-2", "koi8-r", "shift_jis", "gb18030", "big5", "euc-kr"])
def test_what_is_not_utf_8_is_read_as_declared(encoding: str) -> None:
    text = {"iso-8859-2": "Žluťoučký kůň", "koi8-r": "Порт открыт", "euc-kr": "항구가 열렸다"}.get(encoding, "港口開放")
    assert decode(text.encode(encoding, "ignore"), encoding) == text.encode(encoding, "ignore").decode(encoding)


def test_utf_8_wins_over_a_declaration_and_a_mark_over_both() -> None:
    assert decode(TEXT.encode(), "iso-8859-1") == TEXT
    assert decode(b"\xef\xbb\xbfa\xffb", "iso-8859-1") == "a\ufffdb"


def test_what_would_pass_for_ascii_is_read_as_declared() -> None:
    assert decode("港口".encode("iso-2022-jp"), "iso-2022-jp") == "港口"


@pytest.mark.parametrize("bogus", ["no-such-encoding", "", "utf-8\0", "base64", "rot13", "idna", "utf-7x"])
def test_a_bogus_declaration_is_passed_over(bogus: str) -> None:
    assert decode(b"caf\xe9", bogus) == "café"


@pytest.mark.parametrize(
    "raw", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"PK\x03\x04\x14\x00", b"\x00\x01", bytes(range(32)) * 9]
)
def test_what_is_no_text_is_none(raw: bytes) -> None:
    assert decode(raw) is None


@given(st.binary(max_size=200), st.sampled_from(["", "utf-16", "utf-7", "punycode", "idna", "hex", "ascii"]))
def test_any_bytes_are_safe(raw: bytes, declared: str) -> None:
    decode(raw, declared)
