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
OUTSIDE_WORDS = """
    more see related share follow subscribe sign click watch listen photo image picture video copyright rights
    advertisement source comment comments tags topics published updated newsletter download get cookie cookies privacy
    terms subscriber subscription subscribers subscriptions us whatsapp facebook twitter instagram read reporting
    editing contributed press writer writers getty
"""  # one of these is in every line that stands outside
LONGEST = 400  # characters; a longer line is part of the report


def stands_outside(line: str) -> bool:
    """Whether a line or sentence is no part of the report."""
    return len(line) <= LONGEST and _OUTSIDE.search(line) is not None
