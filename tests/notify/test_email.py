import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import DeliveryError, DeliveryRefused
from monitor.model import Decision
from monitor.notify.email import EmailNotifier
from monitor.settings import EmailChannel
from tests.notify.alerts import HOSTILE, make_alert
from tests.notify.servers import Mailbox, mail_server, serving, unused_port

PASSWORD = "opensesame"


def channel(port: int, **fields: Any) -> EmailChannel:
    return EmailChannel.model_validate(
        {
            "id": "desk",
            "kind": "email",
            "host": "localhost",
            "port": port,
            "security": "none",
            "sender": "monitor@news.example.org",
            "to": ["desk@example.org"],
            "timeout_seconds": 5,
            **fields,
        },
        context={"environment": {"PASSWORD": PASSWORD, "WRONG": "x"}},
    )


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mail_server() as server:
        yield server


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    text: str = body.get_content()
    return text.replace("\r\n", "\n")


async def test_a_mail_has_both_forms_and_the_headers_that_machines_read(box: Mailbox) -> None:
    await EmailNotifier(channel(box.port, to=["a@example.org", "b@example.org"])).send(make_alert())
    (mail,) = box.mails
    assert box.recipients == [["a@example.org", "b@example.org"]]
    assert mail["Subject"] == "Water returns to the old town"
    assert mail["From"] == "monitor@news.example.org"
    assert mail["To"] == "a@example.org, b@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Watch"] == "water"
    assert mail["Date"].datetime.tzinfo is not None
    assert mail.get_content_type() == "multipart/alternative"
    assert "valve in [Raqa], and" in part(mail, "plain")
    assert "<mark>Raqa</mark>" in part(mail, "html")
    for kind in ("plain", "html"):
        assert "https://post.example.org/water" in part(mail, kind)
        assert "first report of its story" in part(mail, kind)


async def test_a_long_subject_that_is_not_ascii_arrives(box: Mailbox) -> None:
    part_of_it = "Räumung der Straßenbahnhöfe: Überflutung größer als befürchtet – "
    title = part_of_it * 4 + "تحديث عاجل"
    await EmailNotifier(channel(box.port)).send(make_alert(title, watch="stadt", url="https://n.example.org/3"))
    (mail,) = box.mails  # parsing them asserts lines of at most 78
    (raw,) = box.raw
    head = raw.split(b"\r\n\r\n")[0]
    subject = head[head.index(b"Subject:") :].split(b"\r\nX-")[0]
    assert all(len(word) <= 75 for word in subject.split()[1:])
    assert b"=\r\n" not in subject.replace(b"?=\r\n", b"")
    shown = mail["Subject"].removesuffix("…").rstrip()
    assert title.startswith(shown)
    assert len(shown) > 180
    assert title[len(shown)] in " –"


async def test_stories_are_threads_and_equal_subjects_are_not(box: Mailbox) -> None:
    notifier = EmailNotifier(channel(box.port))
    port = "Explosion in port"
    alerts = [
        make_alert(port, id="al1", story="st1"),
        make_alert(port, id="al2", story="st2"),
        make_alert(f"{port}: 4 dead", id="al3", story="st1", revision="1", decision=Decision.UPDATE),
        make_alert(f"{port}: 6 dead", id="al4", story="st1", revision="2", decision=Decision.UPDATE),
    ]
    for alert in [*alerts, *alerts]:
        await notifier.send(alert)
    first, other, third, fourth = box.mails[:4]
    assert first["In-Reply-To"] is first["References"] is other["In-Reply-To"] is other["References"] is None
    assert first["Subject"] == other["Subject"]
    assert first["X-Entity-Ref-ID"] != other["X-Entity-Ref-ID"]
    for later in (third, fourth):
        assert later["In-Reply-To"] == later["References"] == first["Message-ID"]
        assert later["X-Entity-Ref-ID"] == first["X-Entity-Ref-ID"]
    ids = [mail["Message-ID"] for mail in box.mails]
    assert len(set(ids[:4])) == 4
    assert ids[:4] == ids[4:]
    assert all(one.endswith("@news.example.org>") for one in ids)


async def test_two_channels_send_two_mails(box: Mailbox) -> None:
    for name in ("desk", "night"):
        await EmailNotifier(channel(box.port, id=name)).send(make_alert())
    one, two = box.mails
    assert one["Message-ID"] != two["Message-ID"]


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
async def test_a_hostile_text_adds_no_header_and_no_tag(box: Mailbox, title: str) -> None:
    notifier = EmailNotifier(channel(box.port))
    await notifier.send(make_alert())
    await notifier.send(make_alert(title, source=title, watch=title, reason=title, excerpt=title, hits=()))
    ordinary, hostile = box.mails
    assert box.recipients[1] == ["desk@example.org"]
    assert hostile.keys() == ordinary.keys()
    assert "<script" not in part(hostile, "html")
    assert "<img" not in part(hostile, "html")
    for kind in ("plain", "html"):
        assert not set(part(hostile, kind)) & set("\x00\x1b\x9b\u202e\u2066\u2028\r\ud83d")


async def test_an_address_in_another_script_is_sent_in_ascii(box: Mailbox) -> None:
    await EmailNotifier(channel(box.port, to=["desk@bücher.example"])).send(make_alert())
    assert box.recipients == [["desk@xn--bcher-kva.example"]]


@pytest.mark.parametrize("answer", ["451 4.3.0 try later", "421 4.3.2 closing"])
async def test_a_passing_refusal_is_worth_another_try(box: Mailbox, answer: str) -> None:
    notifier = EmailNotifier(channel(box.port))
    box.data = [answer]
    with pytest.raises(DeliveryError) as caught:
        await notifier.send(make_alert())
    assert caught.value.retriable
    assert str(caught.value) == f"the mail server refused the mail with {answer[:9]}"
    await notifier.send(make_alert())
    assert len(box.mails) == 1


async def test_a_lasting_refusal_is_final_and_names_nobody(box: Mailbox) -> None:
    box.data = ["554 5.7.1 <desk@example.org> is on a list"]
    with pytest.raises(DeliveryRefused, match=r"^the mail server refused the mail with 554 5\.7\.1$"):
        await EmailNotifier(channel(box.port)).send(make_alert())


async def test_all_recipients_refused(box: Mailbox) -> None:
    box.rcpt = {"desk@example.org": "550 5.1.1 no such user"}
    with pytest.raises(DeliveryRefused, match=r"refused 1 of 1 recipients with 550 5\.1\.1"):
        await EmailNotifier(channel(box.port)).send(make_alert())


async def test_who_has_the_mail_gets_it_only_once(box: Mailbox) -> None:
    notifier = EmailNotifier(channel(box.port, to=["a@example.org", "b@example.org", "c@example.org"]))
    box.rcpt = {"b@example.org": "452 4.2.2 mailbox full"}
    for _ in range(2):
        with pytest.raises(DeliveryError, match="refused 1 of 3 recipients with 452") as caught:
            await notifier.send(make_alert())
        assert caught.value.retriable
    box.rcpt = {}
    await notifier.send(make_alert())
    assert box.recipients == [["a@example.org", "c@example.org"], ["b@example.org"]]
    assert len({mail["Message-ID"] for mail in box.mails}) == 1


async def test_what_is_remembered_of_half_sent_mails_is_bounded(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.notify.email.MOST_HALF_SENT", 1)
    notifier = EmailNotifier(channel(box.port, to=["a@example.org", "b@example.org"]))
    box.rcpt = {"b@example.org": "452 4.2.2 mailbox full"}
    for name in ("one", "two"):
        with pytest.raises(DeliveryError):
            await notifier.send(make_alert(id=name))
    box.rcpt = {}
    await notifier.send(make_alert(id="two"))
    await notifier.send(make_alert(id="one"))
    assert box.recipients[2:] == [["b@example.org"], ["a@example.org", "b@example.org"]]


async def test_one_recipient_that_does_not_exist_is_reported_though_others_have_the_mail(box: Mailbox) -> None:
    notifier = EmailNotifier(channel(box.port, to=["a@example.org", "gone@example.org"]))
    box.rcpt = {"gone@example.org": "550 5.1.1 no such user"}
    with pytest.raises(DeliveryRefused, match="refused 1 of 2 recipients"):
        await notifier.send(make_alert())
    assert box.recipients == [["a@example.org"]]


async def test_nobody_listens() -> None:
    port = unused_port()
    with pytest.raises(DeliveryError, match=f"the mail server localhost:{port} cannot be reached") as caught:
        await EmailNotifier(channel(port)).send(make_alert())
    assert caught.value.retriable
    assert not caught.value.doubtful


async def test_a_server_that_says_nothing() -> None:
    async with serving(asyncio.Protocol, None) as port:
        with pytest.raises(DeliveryError, match=r"cannot be reached: SMTP.*Timeout") as caught:
            await EmailNotifier(channel(port, timeout_seconds=0.3)).send(make_alert())
    assert caught.value.retriable


async def test_a_server_that_is_silent_after_the_mail_may_have_taken_it(box: Mailbox) -> None:
    box.slow_seconds = 1.0
    with pytest.raises(DeliveryError, match="cannot be reached: SMTPReadTimeoutError") as caught:
        await EmailNotifier(channel(box.port, timeout_seconds=0.3)).send(make_alert())
    assert caught.value.doubtful


async def test_login() -> None:
    async with mail_server(login=True) as box:
        await EmailNotifier(channel(box.port, username="desk", password={"env": "PASSWORD"})).send(make_alert())
        wrong = EmailNotifier(channel(box.port, username="desk", password={"env": "WRONG"}))
        with pytest.raises(DeliveryRefused, match="refused username and password with 535"):
            await wrong.send(make_alert())
        assert PASSWORD not in repr(wrong) + repr(vars(wrong))
    assert set(box.logins) == {"desk"}
    assert len(box.raw) == 1


async def test_nothing_is_sent_in_the_clear_where_tls_is_asked_for(box: Mailbox) -> None:
    with pytest.raises(DeliveryRefused, match="localhost offers no STARTTLS"):
        await EmailNotifier(channel(box.port, security="starttls")).send(make_alert())
    assert box.raw == []


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate for localhost, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subprocess.run(
        [openssl, "req", *kind, *subject, "-keyout", path, "-out", path.with_suffix(".crt")],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_tls(certificate: Path, security: str) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    client = ssl.create_default_context(cafile=str(certificate))
    async with mail_server(tls=server, implicit_tls=security == "tls") as box:
        await EmailNotifier(channel(box.port, security=security), tls=client).send(make_alert())
        with pytest.raises(DeliveryError, match="cannot be reached") as caught:
            await EmailNotifier(channel(box.port, security=security)).send(make_alert())  # an unknown certificate
        assert caught.value.retriable
    assert len(box.mails) == 1
    assert security == "tls" or box.secure == [True]
