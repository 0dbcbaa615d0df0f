import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.messages.messages import compose
from monitor.core.messages.slack_message import payload
from monitor.model import Alert, Change
from tests.notify.alerts import HOSTILE, find, make_alert
from tests.notify.servers import slack_fault, units


def sent(alert: Alert) -> dict[str, Any]:
    return payload(compose(alert))


def sections(alert: Alert) -> str:
    return "\n\n".join(block["text"]["text"] for block in sent(alert)["blocks"] if block["type"] == "section")


def header(alert: Alert) -> str:
    text: str = sent(alert)["blocks"][0]["text"]["text"]
    return text


def test_a_pipe_in_the_address_does_not_end_the_link() -> None:
    alert = make_alert(
        "Output > demand & prices <fall>",
        url="https://evil.example.net/a?x=1|bank.example.com",
        source="A|B <Wire>",
        watch="grid",
    )
    link = "<https://evil.example.net/a?x=1%7Cbank.example.com|Output &gt; demand &amp; prices &lt;fall&gt;>"
    assert link in sent(alert)["text"]
    assert link in sections(alert)
    assert "A|B &lt;Wire&gt; (evil.example.net)" in sections(alert)
    assert header(alert) == "Output &gt; demand &amp; prices &lt;fall&gt;"


@pytest.mark.parametrize("letters", range(142, 152))
def test_a_header_keeps_a_flag_whole_or_drops_it(letters: int) -> None:
    text = header(make_alert("x" * letters + "🇸🇾 tail", excerpt="Family 👨‍👩‍👧 safe.", hits=()))
    assert units(text) <= 150
    halves = re.findall("[\U0001f1e6-\U0001f1ff]", text)
    assert len(halves) in {0, 2}
    assert text.endswith("…")


def test_an_entity_is_not_cut_in_two() -> None:
    text = header(make_alert("&" * 200))
    assert text == "&amp;" * 29 + "…"
    assert units(text) <= 150


def test_hits_are_bold_also_inside_a_word() -> None:
    excerpt = "In Raqa, near (Homs) and in preRaqqapost."
    hits = find(excerpt, {"Raqa": "a", "Homs": "b", "Raqqa": "c"})
    assert "In *Raqa*, near (*Homs*) and in pre\u200b*Raqqa*\u200bpost." in sections(
        make_alert(excerpt=excerpt, hits=hits)
    )


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("*bold* and _italic_ ~gone~", "∗bold∗ and ＿italic＿ ∼gone∼"),
        ("`rm -rf`", "ˋrm -rfˋ"),
        ("__init__", "＿＿init＿＿"),
        ("snake_case 2*3", "snake_case 2*3"),
        ("> quoted", "› quoted"),
        ("<!channel> <@U1>", "&lt;!channel&gt; &lt;@U1&gt;"),
        ("12:30:45 :siren:", "12:\u200b30:45 :\u200bsiren:"),
        ("&lt;", "&amp;lt;"),
    ],
)
def test_what_strangers_wrote_is_shown_letter_by_letter(written: str, shown: str) -> None:
    assert shown in sections(make_alert(excerpt=written, hits=()))


def test_slack_is_told_not_to_look_for_names_or_previews() -> None:
    message = sent(make_alert())
    assert message["unfurl_links"] is message["unfurl_media"] is False
    for block in message["blocks"]:
        text = block["text"]
        assert text.get("verbatim") is True or text["type"] == "plain_text"


def test_a_link_that_would_not_fit_is_not_cut() -> None:
    text = sections(make_alert(url="https://n.example.org/?" + "a=1&" * 480))
    assert "its link is too long to show" in text
    assert "https:" not in text


def test_without_a_link_the_headline_stands_alone() -> None:
    assert "javascript" not in str(sent(make_alert(url="javascript:alert(1)")))


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
def test_nothing_in_a_hostile_text_reaches_slacks_syntax(title: str) -> None:
    alert = make_alert(title, source=title, watch=title, reason=title, excerpt=title, hits=())
    message = sent(alert)
    assert slack_fault(message) is None
    for text in (message["text"], *(block["text"]["text"] for block in message["blocks"])):
        controls = re.findall(r"<[^>]*>", text)
        assert all(control.startswith("<https://post.example.org/water|") for control in controls)
        assert text.count("<") == text.count(">") == len(controls)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)


def test_the_largest_message_is_within_slacks_limits() -> None:
    flood = "&<>*_:x: 🇸🇾 " * 3000
    alert = make_alert(
        flood,
        source=flood,
        watch=flood,
        reason=flood,
        of_title=flood,
        origin=flood,
        url="https://n.example.org/?" + "a&" * 600,
        excerpt=flood,
        hits=(*find(flood, {"🇸🇾": flood}),),
        changes=tuple(Change(kind=flood, before=flood, after=flood) for _ in range(40)),
        carried_by=(flood,) * 20,
        reported_by=(flood,) * 20,
    )
    assert slack_fault(sent(alert)) is None


def test_an_excerpt_that_grows_by_escaping_is_cut() -> None:
    excerpt = "&" * 1400 + " Raqa"
    text = sections(make_alert(excerpt=excerpt, hits=find(excerpt, {"Raqa": "a"}), reason=""))
    assert "&amp;…" in text
    assert "*Raqa*" not in text


@given(st.text(), st.text())
def test_any_text_makes_a_message_that_slack_takes(title: str, excerpt: str) -> None:
    assert slack_fault(sent(make_alert(title, excerpt=excerpt, hits=()))) is None
