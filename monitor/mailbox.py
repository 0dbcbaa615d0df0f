"""A mail address: what `monitor check` refuses is what the mail channel could not use."""

import re
from email.errors import MessageError
from email.headerregistry import Address

EXPECTED = "expected an address such as desk@example.org, its part before the @ in ASCII"

_USER = re.compile(r"[!-~]+")
_DOMAIN = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*|\[[0-9A-Za-z.:]+\]")


def read_mailbox(text: str) -> Address:
    """The address, its domain in ASCII (IDNA). Raises ValueError with what was expected."""
    user, _, domain = text.rpartition("@")
    try:
        address = Address("", user, domain.encode("idna").decode("ascii"))
    except (ValueError, MessageError):
        raise ValueError(EXPECTED) from None
    if not (_USER.fullmatch(address.username) and _DOMAIN.fullmatch(address.domain)):
        raise ValueError(EXPECTED)
    return address
