"""Destinations on loopback: a Slack that is as strict as Slack and keeps what it accepted, and a real SMTP server."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

SECRET = "B0AT/x7SecretSecretSecret"
HANG, CLOSE = "hang", "close"

Answer = tuple[int, str, dict[str, str]]


@dataclass
class FakeSlack:
    """Answers each request with the next of `answers`, and like Slack when there is none left."""

    answers: list[Answer | str] = field(default_factory=list)
    requests: int = 0
    accepted: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    async def post(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        payload = await request.json()
        answer = self.answers.pop(0) if self.answers else None
        if answer == HANG:
            await asyncio.sleep(30)
        if answer == CLOSE:
            assert request.transport is not None
            request.transport.close()
            return web.Response(status=500)
        if isinstance(answer, tuple):
            status, body, headers = answer
            return web.Response(status=status, text=body, headers=headers)
        fault = slack_fault(payload)
        if fault:
            return web.Response(status=400, text=fault)
        self.accepted.append(payload)
        return web.Response(text="ok")


def slack_fault(payload: dict[str, Any]) -> str | None:
    """What Slack would refuse the payload for; lengths are counted in the way that is less kind."""
    blocks = payload["blocks"]
    if len(blocks) > 50:
        return "invalid_blocks"
    for block in blocks:
        text = block["text"]["text"]
        longest = 150 if block["type"] == "header" else 3000
        if not text or units(text) > longest:
            return "invalid_blocks"
    total = sum(units(block["text"]["text"]) for block in blocks) + units(payload["text"])
    return "msg_too_long" if total > 13_000 else None


def units(text: str) -> int:
    """Length in UTF-16 units; a lone surrogate raises."""
    return len(text.encode("utf-16-le")) // 2


@asynccontextmanager
async def fake_slack() -> AsyncIterator[FakeSlack]:
    slack = FakeSlack()
    app = web.Application()
    app.router.add_post(f"/services/{SECRET}", slack.post)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}/services/{SECRET}"
        yield slack
    finally:
        await runner.cleanup()


@dataclass
class Mailbox:
    """What an SMTP server accepted, and how it answers."""

    rcpt: dict[str, str] = field(default_factory=dict)  # recipient → answer other than 250
    data: list[str] = field(default_factory=list)  # answers to the next messages
    raw: list[bytes] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    port: int = 0
    slow_seconds: float = 0.0  # from a whole mail to its answer

    @property
    def mails(self) -> list[EmailMessage]:
        """What arrived, parsed by rules that let no defect pass."""
        return [strictly(raw) for raw in self.raw]

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.rcpt:
            return self.rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.slow_seconds)
        answer = self.data.pop(0) if self.data else "250 OK"
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.raw.append(envelope.content)
            self.recipients.append(list(envelope.rcpt_tos))
            self.secure.append(session.ssl is not None)
        return answer

    def check(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: Any) -> AuthResult:
        self.logins.append(login.login.decode())
        return AuthResult(success=login.password == b"opensesame", handled=False)


def strictly(raw: bytes) -> EmailMessage:
    """The mail in these bytes; ASCII only, lines as RFC 5322 wants them, headers without defects."""
    raw.decode("ascii")
    head = raw.split(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(map(len, head)) <= 78
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    mail = message_from_bytes(raw, policy=policy.SMTP.clone(raise_on_defect=True))
    assert isinstance(mail, EmailMessage)
    for value in mail.values():
        assert not value.defects
    return mail


@asynccontextmanager
async def mail_server(
    *, tls: ssl.SSLContext | None = None, implicit_tls: bool = False, login: bool = False
) -> AsyncIterator[Mailbox]:
    """A server that offers STARTTLS where `tls` is given, or speaks TLS from the start; and takes a login."""
    box = Mailbox()

    def protocol() -> SMTP:
        return SMTP(
            box,
            hostname="mx.example.org",
            enable_SMTPUTF8=False,
            tls_context=None if implicit_tls else tls,
            require_starttls=tls is not None and not implicit_tls,
            authenticator=box.check if login else None,
            auth_require_tls=False,
        )

    async with serving(protocol, tls if implicit_tls else None) as port:
        box.port = port
        yield box


@asynccontextmanager
async def serving(protocol: Callable[[], asyncio.BaseProtocol], tls: ssl.SSLContext | None) -> AsyncIterator[int]:
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def unused_port() -> int:
    """A port on which nothing listens."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
