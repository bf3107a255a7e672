"""A post that somebody is about to publish, with what is known of its circumstances."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Use(StrEnum):
    """Whose account a post is on, with the names of the JSON contract."""

    SCHOOL = "educational"
    PERSONAL = "personal"


class Fact(StrEnum):
    """A circumstance that can decide a verdict and that the writer knows."""

    CONSENT = "consent"
    ADULT_PERMISSION = "adult_permission"
    DETAILS_PERMISSION = "details_permission"
    RIGHTS = "rights"
    APPROVAL = "approval"
    USE = "use"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post, or the idea of one, personal data masked."""

    text: str
    """What would be published; where the person described it instead, the description."""

    is_described: bool = False
    """True where the text describes the post in a message, False where it is the post's own."""

    attachment: str = ""
    """What the person says of the picture, video or file that goes with it."""

    platform: str | None = None
    """Where it would be published, in lower case, or None where nobody said."""

    use: Use | None = None
    said: Mapping[Fact, str] = field(default_factory=dict)
    """What the writer answered: ``yes`` or ``no``, a value of `Use`, or a platform's name."""

    has_unseen_files: bool = False
    """True where files came with the message that nobody has described."""


_NO_END = "".join(rf"(?<!\b{title}\.)" for title in ("Mr", "Mrs", "Ms", "Mx", "Dr", "St", "Jr", "Sr", "vs", "No"))
_SENTENCE = re.compile(rf"(?<=[.?!…]){_NO_END}[\"”')\]]*\s+|\s*\n+\s*")

LONGEST_SEGMENT_CHARACTERS = 500
"""A longer sentence is cut at its spaces: the encoder reads 256 tokens, and must not stop before the end."""

MOST_SEGMENTS = 10
"""Most parts of a post that are read by themselves; of a longer one neighbours are read together."""

WORDS_A_SEGMENT, FEWEST_CUT_INTO = 11, 3
"""A post is cut into about one part for so many words, and into at least so many where it has the sentences: each part
costs an encoder call, and a post of six sentences is to be checked in three times one pass over it."""

FEWEST_WORDS = 5
"""A shorter sentence is read with the one before it: alone it says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A part of a post that is read by itself."""

    text: str
    start: int
    """Offset in the post's text, in characters; -1 for the attachment."""

    end: int


def segments_of(post: Post) -> list[Segment]:
    """Cut a post into the sentences of its text and its attachment.

    Returns
    -------
    list[Segment]
        The attachment first where there is one, then the text in its order, at most `MOST_SEGMENTS` of it. Empty
        where the post is one sentence without an attachment: the whole is read anyway.
    """
    pieces = _sentences(post.text)
    most = min(MOST_SEGMENTS, max(FEWEST_CUT_INTO, len(post.text.split()) // WORDS_A_SEGMENT))
    while len(pieces) > most:
        shortest = min(range(len(pieces) - 1), key=lambda place: pieces[place + 1][1] - pieces[place][0])
        pieces[shortest : shortest + 2] = [(pieces[shortest][0], pieces[shortest + 1][1])]
    found = [Segment(text=post.text[start:end], start=start, end=end) for start, end in pieces]
    if post.attachment:
        found.insert(0, Segment(text=post.attachment, start=-1, end=-1))
    return found if len(found) > 1 else []


def whole_of(post: Post) -> str:
    """Return text and attachment as one text: what a reader sees together."""
    return f"{post.text} (attached: {post.attachment})" if post.attachment else post.text


def _sentences(text: str) -> list[tuple[int, int]]:
    """Return where each sentence begins and ends; too short a one is joined to the one before it."""
    found: list[tuple[int, int]] = []
    begin = 0
    for gap in [*_SENTENCE.finditer(text), None]:
        end = gap.start() if gap else len(text)
        if text[begin:end].strip():
            if found and len(text[begin:end].split()) < FEWEST_WORDS:
                found[-1] = (found[-1][0], end)
            else:
                found += _cut_long(text, begin, end)
        begin = gap.end() if gap else end
    return found


def _cut_long(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    """Cut a stretch without sentence ends into pieces that are read to their end."""
    found = []
    while end - begin > LONGEST_SEGMENT_CHARACTERS:
        space = text.rfind(" ", begin + LONGEST_SEGMENT_CHARACTERS // 2, begin + LONGEST_SEGMENT_CHARACTERS)
        cut = space if space > 0 else begin + LONGEST_SEGMENT_CHARACTERS
        found.append((begin, cut))
        begin = cut
    return [*found, (begin, end)]
