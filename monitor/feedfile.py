"""What feeds.yaml may say."""

import re
from hashlib import blake2b
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field

from monitor import model
from monitor.configcheck import Name, Section, shown

LONGEST_NAME = 64


def web_address(text: str) -> str:
    """The address, if it is one of the web. Raises ValueError with what is wrong, never with what may be secret."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"expected a web address, found {shown(text)}: {error}") from None
    if parts.scheme not in {"http", "https"} or not host or re.search(r"[\s\x00-\x1f]", text):
        raise ValueError(f"expected an address such as https://example.org/feed.xml, found {shown(text)}")
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"expected an address without a name or password in it, found one for {host}")
    return text


HeaderText = Annotated[
    str, Field(pattern=r"^[^\x00-\x1f\x7f-\x9f]*[!-~][^\x00-\x1f\x7f-\x9f]*$", description="a text of one line")
]


class FeedSettings(Section):
    """One feed; `id` defaults to a name made from its host and path."""

    url: Annotated[str, AfterValidator(web_address), Field(description="a web address")]
    id: Name | None = None
    source: str | None = None  # the outlet's name; default: its host
    interval_seconds: Annotated[float, Field(ge=1, le=86400)] = 300
    backlog: bool = False
    user_agent: HeaderText | None = None
    language: str | None = None

    def name(self) -> str:
        """Its id, or the one made from its address."""
        return self.id or _name(urlsplit(self.url))

    def feed(self) -> model.Feed:
        """The same as the noun that the rest of the program knows."""
        return model.Feed(
            id=self.name(),
            url=self.url,
            source=self.source or _host(urlsplit(self.url)),
            interval_seconds=self.interval_seconds,
            backlog=self.backlog,
            user_agent=self.user_agent,
            language=self.language,
        )


class FeedFile(Section):
    """feeds.yaml."""

    feeds: tuple[FeedSettings, ...] = ()


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").removeprefix("www.")


def _name(parts: SplitResult) -> str:
    """Host and path as a name; a hash of all tells apart what is too long, in other letters, or has a query.

    Nothing of the query is shown, since it may hold a secret.
    """
    whole = f"{parts.netloc}{parts.path}?{parts.query}".lower()
    plain = re.sub(r"[^a-z0-9.]+", "-", f"{parts.netloc}{parts.path}".lower().removeprefix("www.")).strip("-.")
    if plain and whole.isascii() and len(plain) <= LONGEST_NAME and not parts.query:
        return plain
    digest = blake2b(whole.encode(), digest_size=4).hexdigest()
    return f"{plain[: LONGEST_NAME - 9].rstrip('-.')}-{digest}".lstrip("-")
