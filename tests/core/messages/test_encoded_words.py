import re
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.messages.encoded_words import header
from monitor.core.messages.harmless import one_line


def decoded(raw: bytes) -> str:
    value = message_from_bytes(raw + b"\r\n", policy=policy.default.clone(raise_on_defect=True))["Subject"]
    assert not value.defects
    return str(value)


@pytest.mark.parametrize("text", ["", "Plain words", "long " * 30 + "end", "x" * 300, "=?utf-8?q?fake?=", "a" * 60])
def test_ascii_arrives_as_it_was(text: str) -> None:
    assert decoded(header("Subject", text)) == text


def test_plain_words_stay_readable() -> None:
    assert header("Subject", "Water returns") == b"Subject: Water returns\r\n"


@given(st.text(alphabet='ab \u00e4\u2013\u062a漢🇸🇾👨\u200d=?_"<>\\', max_size=240).map(one_line))
def test_every_text_arrives_in_short_words_on_short_lines(text: str) -> None:
    raw = header("Subject", text)
    lines = raw.decode("ascii").removesuffix("\r\n").split("\r\n")
    assert all(len(line) <= 78 for line in lines)
    assert all(len(word) <= 75 for word in re.findall(r"=\?utf-8\?b\?[^?]*\?=", raw.decode()))
    assert all(line.startswith(" ") for line in lines[1:])
    assert decoded(raw) == text


def test_a_flag_is_not_spread_over_two_words() -> None:
    words = re.findall(r"\?b\?([^?]*)\?=", header("Subject", "x" * 38 + "🇸🇾" + "y" * 20).decode())
    assert len(words) == 2
    assert len(words[0]) == 52  # 38 bytes
