"""A mailbox, by SMTP (aiosmtplib). Retries carry the same Message-ID, so that a mail store can drop a repeat.

Threads need no memory: the first alert of a story is the mail that carries the story's own id, every other one names
that id in In-Reply-To and References. Where the first was never mailed, programs still join those that name the same.
"""

import re
import ssl
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import blake2b

import aiosmtplib

from monitor import clock
from monitor.core.messages.encoded_words import header
from monitor.core.messages.messages import Message, compose, html, plain_text
from monitor.errors import DeliveryError, DeliveryRefused
from monitor.mailbox import read_mailbox
from monitor.model import Alert, Decision
from monitor.settings import EmailChannel

MOST_HALF_SENT = 1000  # alerts of which we remember who has them already

_POLICY = SMTP.clone(cte_type="7bit")
_AFTER_CONNECTING = (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPReadTimeoutError)  # the mail may be taken
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")  # RFC 3463; the rest of an answer may name people and is not repeated


class EmailNotifier:
    """Sends one mail an alert to all recipients of a channel."""

    interval_seconds = 0.0

    def __init__(self, channel: EmailChannel, tls: ssl.SSLContext | None = None) -> None:
        """`tls` replaces the system's certificates."""
        self._channel = channel
        self._tls = tls
        self._sender = read_mailbox(channel.sender)
        self._to = [read_mailbox(one) for one in channel.to]
        self._half_sent: dict[str, set[str]] = {}  # alert id → recipients that accepted while another did not

    async def send(self, alert: Alert) -> None:
        """Mail the alert to those who have not got it yet. Raises DeliveryError or DeliveryRefused."""
        done = self._half_sent.pop(alert.id, set())
        missing = [one.addr_spec for one in self._to if one.addr_spec not in done]
        failed = await self._transmit(self._mail(alert), missing)
        if failed:
            self._remember(alert.id, done | (set(missing) - failed.keys()))
            raise _error(min(failed.values()), f"{len(failed)} of {len(self._to)} recipients")

    async def close(self) -> None:
        """Nothing is open between two mails."""

    async def _transmit(self, mail: bytes, recipients: Sequence[str]) -> Mapping[str, tuple[int, str]]:
        """Recipients that were refused, with code and text of the answer; the others have accepted."""
        try:
            refused, _ = await self._smtp(mail, recipients)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return {one.recipient: (one.code, one.message) for one in error.recipients}
        except aiosmtplib.SMTPAuthenticationError as error:
            raise _error((error.code, error.message), "username and password") from None
        except aiosmtplib.SMTPResponseException as error:
            raise _error((error.code, error.message), "the mail") from None
        except OSError as error:
            where = f"{self._channel.host}:{self._channel.port}"
            why = f"the mail server {where} cannot be reached: {type(error).__name__}"
            raise DeliveryError(why, doubtful=isinstance(error, _AFTER_CONNECTING)) from None
        except aiosmtplib.SMTPException:
            what = f"no {self._channel.security.upper()}, or no login"
            raise DeliveryRefused(f"{self._channel.host} offers {what}: correct security or username") from None
        return {one: (answer.code, answer.message) for one, answer in refused.items()}

    async def _smtp(self, mail: bytes, recipients: Sequence[str]) -> tuple[dict[str, aiosmtplib.SMTPResponse], str]:
        channel = self._channel
        return await aiosmtplib.send(
            mail,
            sender=self._sender.addr_spec,
            recipients=recipients,
            hostname=channel.host,
            port=channel.port,
            username=channel.username,
            password=None if channel.password is None else channel.password.get_secret_value(),
            local_hostname=self._sender.domain,
            use_tls=channel.security == "tls",
            start_tls=channel.security == "starttls",
            tls_context=self._tls,
            timeout=channel.timeout_seconds,
        )

    def _mail(self, alert: Alert) -> bytes:
        message = compose(alert)
        mail = EmailMessage(policy=_POLICY)
        for name, value in self._headers(alert).items():
            mail[name] = value
        mail.set_content(plain_text(message))
        mail.add_alternative(html(message), subtype="html")
        return header("Subject", message.subject) + _filters(message) + mail.as_bytes()

    def _headers(self, alert: Alert) -> Mapping[str, object]:
        story, is_first = alert.judgement.story, alert.judgement.decision is Decision.NEW
        first = self._message_id("story", story)
        thread = {} if is_first else {"In-Reply-To": first, "References": first}
        return {
            "From": self._sender,
            "To": self._to,
            "Date": format_datetime(clock.now()),
            "Message-ID": first if is_first else self._message_id("alert", alert.id),
            **thread,
            "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers
            "X-Auto-Response-Suppress": "All",
            "X-Entity-Ref-ID": self._digest("story", story),  # keeps stories apart where programs go by subject
        }

    def _message_id(self, kind: str, of: str) -> str:
        return f"<{kind}.{self._digest(kind, of)}@{self._sender.domain}>"

    def _digest(self, kind: str, of: str) -> str:
        """Two channels send two mails of one alert, so the channel is part of it."""
        parts = "\n".join((kind, self._channel.id, of))
        return blake2b(parts.encode("utf-8", "replace"), digest_size=16).hexdigest()

    def _remember(self, alert: str, recipients: set[str]) -> None:
        self._half_sent[alert] = recipients
        if len(self._half_sent) > MOST_HALF_SENT:
            del self._half_sent[next(iter(self._half_sent))]


def _filters(message: Message) -> bytes:
    """What a reader's filing rules can go by."""
    return header("X-Watch", message.watch) + header("X-Kind", message.label)


def _error(answer: tuple[int, str], what: str) -> DeliveryError:
    code, text = answer
    status = _STATUS.search(text)
    why = f"the mail server refused {what} with {code}" + (f" {status[0]}" if status else "")
    return DeliveryError(why) if 400 <= code < 500 else DeliveryRefused(why)
