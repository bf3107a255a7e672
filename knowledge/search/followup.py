"""Whether a message leans on the one before it, and what the two say together.

"and on tiktok?" means nothing alone. It is read with the question before it, the newer words taking the place of
the older ones of the same sort (a platform for a platform).
"""

import re

_OPENS_LIKE_A_FOLLOW_UP = re.compile(
    r"^\W*(?:and|but|or|also|what about|what if|how about|wat about|same (?:for|with|thing)|even if|even on|even for|ok (?:and|but|what)|ok+ (?:so )?what|"
    r"then what|so what if|does that|is that|would that|can they|can she|can he|why(?: not)?\W*$|who(?: is that| are they)?\W*$|since when|how come|"
    r"for \w+(?: \w+){0,2}\W*$|on \w+(?: \w+)?\W*$|with \w+(?: \w+){0,2}\W*$|if (?:the|they|he|she|we|i|it)\b)",
    re.IGNORECASE,
)
_LEANS_ON_SOMETHING_SAID = re.compile(
    r"\b(?:that|those|these|it|them|they|this one|the same|either|too|instead)\b", re.IGNORECASE
)
_NAMES_A_MATTER = re.compile(
    r"\b(?:post|photo|pic|picture|account|page|admin|administrator|comment|logo|music|song|video|consent|release|snapchat|password)s?\b",
    re.IGNORECASE,
)
_PLATFORM = re.compile(
    r"\b(?:snap ?chat|snap|tik ?tok|instagram|insta|ig|facebook|fb|twitter|x|youtube|yt|linkedin|threads|discord|reddit|pinterest|whatsapp|be ?real|stories|story)\b",
    re.IGNORECASE,
)

LONGEST_EARLIER_CHARACTERS = 600
"""What of the earlier question is read again: the encoder's 256 tokens must hold both."""

LONGEST_FOLLOW_UP_WORDS = 14
"""A longer message says what it is about."""

LONGEST_FOLLOW_UP_CHARACTERS = 160
"""The same in characters, so that a message of few endless words is none either."""


def is_follow_up(text: str) -> bool:
    """Tell whether a message can only be understood with the one before it."""
    count = len(text.split())
    if count > LONGEST_FOLLOW_UP_WORDS or len(text) > LONGEST_FOLLOW_UP_CHARACTERS:
        return False
    if _OPENS_LIKE_A_FOLLOW_UP.match(text):
        return True
    return count <= 7 and bool(_LEANS_ON_SOMETHING_SAID.search(text)) and not _NAMES_A_MATTER.search(text)


def joined(earlier: str, text: str) -> str:
    """Return the earlier question and its follow-up as one question."""
    newer = _PLATFORM.search(text)
    if newer and _PLATFORM.search(earlier):
        # The platform asked about now takes the older one's place; both together would ask about both.
        earlier = _PLATFORM.sub(newer[0], earlier[:LONGEST_EARLIER_CHARACTERS])
        if len(text.split()) <= 5:
            return earlier
    # What was said now is read whole; of the earlier question as much as there is room for.
    return f"{earlier[:LONGEST_EARLIER_CHARACTERS].rstrip(' ?.!')} {text}"
