"""A Slack incoming webhook, by slack-sdk. The webhook's address is a secret and appears in no error, log or repr.

An incoming webhook returns no id of the message, so there are neither threads nor edits: each message says of itself
what it updates or reports again.
"""

import asyncio
import logging
import re
from collections.abc import Mapping

import aiohttp
from aiohttp.client_middlewares import ClientHandlerType
from slack_sdk.webhook import WebhookResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from monitor.core.messages.messages import compose
from monitor.core.messages.slack_message import payload
from monitor.errors import DeliveryError, DeliveryRefused
from monitor.model import Alert
from monitor.settings import SlackChannel

_OK = range(200, 300)
_TRY_AGAIN = frozenset({408, 425, 429})
_CODE = re.compile(r"[a-z_]{1,60}")  # Slack says why in one such word; anything else is not repeated
_SILENT = logging.Logger("slack-sdk", logging.CRITICAL)  # it would log the address and the text at level debug


class SlackNotifier:
    """Sends to one webhook."""

    interval_seconds = 1.0  # Slack's limit for one channel

    def __init__(self, channel: SlackChannel) -> None:
        self._channel = channel
        self._session: aiohttp.ClientSession | None = None

    async def send(self, alert: Alert) -> None:
        """Post the alert. Raises DeliveryError (with the wait that Slack asks for) or DeliveryRefused."""
        message = payload(compose(alert))
        try:
            response = await self._client().send(**message)
        except TimeoutError:
            why = f"Slack did not answer within {self._channel.timeout_seconds:g} s"
            raise DeliveryError(why, doubtful=True) from None
        except aiohttp.InvalidURL:
            raise DeliveryRefused("the webhook's address is no valid URL: correct the secret") from None
        except (aiohttp.ClientError, OSError, UnicodeError) as error:
            doubtful = not isinstance(error, aiohttp.ClientConnectorError | UnicodeError)  # a connection was there
            raise DeliveryError(f"Slack cannot be reached: {type(error).__name__}", doubtful=doubtful) from None
        _judge(response)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            await asyncio.sleep(0)  # transports close in the next turn of the loop

    def _client(self) -> AsyncWebhookClient:
        if self._session is None or self._session.closed:
            timeout = aiohttp.ClientTimeout(total=self._channel.timeout_seconds)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=True, middlewares=(_stay,))
        url = self._channel.webhook_url.get_secret_value()
        client = AsyncWebhookClient(url, session=self._session, retry_handlers=[], logger=_SILENT)
        # The session finds the environment's proxy itself, and minds no_proxy, which slack-sdk does not.
        client.proxy = None
        return client


async def _stay(request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
    """Refuse to follow: a redirect would carry the alert to another host, and its page would pass for acceptance."""
    response = await handler(request)
    if response.status in range(300, 400):
        response.close()
        raise DeliveryError(f"Slack's address answered with a redirect ({response.status}): is a proxy in between?")
    return response


def _judge(response: WebhookResponse) -> None:
    status, body = response.status_code, (response.body or "").strip()
    if status in _OK:
        if body.startswith("<"):
            raise DeliveryError("a page came back instead of Slack's ok: is a proxy in between?")
        return
    why = f"Slack answered {status}" + (f" {body}" if _CODE.fullmatch(body) else "")
    if status in _TRY_AGAIN or status >= 500:
        gave_up = status == 408 or status >= 500  # which does not say that nothing was posted
        raise DeliveryError(why, _retry_after(response.headers), doubtful=gave_up)
    raise DeliveryRefused(f"{why}: {_advice(status)}")


def _advice(status: int) -> str:
    if status in {403, 404, 410}:
        return "the webhook or its channel is gone or closed: make a new webhook and put it into the secret"
    return "Slack does not take this message"


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds; None where the header is missing, negative or no whole number (Slack sends nothing else)."""
    value = headers.get("Retry-After", "").strip()
    return float(value) if value.isascii() and value.isdigit() and len(value) < 10 else None
