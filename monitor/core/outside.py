"""What stands on the page but outside the report: invitations, credits, share counts, notices."""

import re

_OPENS = (
    r"read more|more on|see also|related|share|follow|subscribe|sign up|click|watch|listen|photo|image|picture|video"
    r"|copyright|©|all rights reserved|advertisement|source|comments?|tags|topics|published|last updated|updated"
    r"|newsletter|download|get the"
)
_HOLDS = (
    r"all rights reserved|cookies?|privacy policy|terms of (?:use|service)|newsletter|subscri(?:be|ber|ption)s?"
    r"|follow us|sign up|whatsapp|click here|read more|facebook|twitter|instagram|min(?:ute)? read|reporting by"
    r"|editing by|additional reporting|contributed to this report|press writers?|file photo|getty"
)
_OUTSIDE = re.compile(rf"^\W*(?:{_OPENS})\b|\b(?:{_HOLDS})\b", re.IGNORECASE)
LONGEST = 400  # characters; a longer line is part of the report


def stands_outside(line: str) -> bool:
    """Whether a line or sentence is no part of the report."""
    return len(line) <= LONGEST and _OUTSIDE.search(line) is not None
