"""Where in a message the text of a post stands, and what else the message says of it."""

import re
from dataclasses import dataclass

FEWEST_DRAFT_WORDS = 3
"""A shorter piece is no draft: "can I post this: nice" asks about nothing yet."""

_ASKS = re.compile(
    r"\b(?:post(?:ing)?|share|publish|tweet|put (?:this |it )?up|check|review|look (?:at|over)|okay|ok|alright|thoughts|run this|send this out|"
    r"what about this(?: one)?|any issues|any problem)\b",
    re.IGNORECASE,
)
_REQUESTS = re.compile(
    r"^\W*(?:(?:hi|hey|hello|ok|okay|so|quick q(?:uestion)?|please|pls)\W+)*(?:can|could|may|should|would|is|are|ok|okay|alright|fine|please|pls|check|review|look|thoughts|any|"
    r"i'?m|we'?re|i|we|going|about|want|planning|posting|here|what about)\b",
    re.IGNORECASE,
)
"""How a request about one's own post begins; "what do we do about this post" is none."""

_CHECKS_ONLY = re.compile(r"^(?!.*\b(?:post|share|publish|tweet|put)\w*\b)", re.IGNORECASE | re.DOTALL)
_IS_QUESTION = re.compile(r"^\W*(?:what|who|whom|when|where|why|how|which|do|does|did)\b[^!\n]{0,120}$", re.IGNORECASE)
_POINTS = re.compile(r"\b(?:this|it|that|these|following|below|draft|caption|post)\b", re.IGNORECASE)
_QUOTED = re.compile(r"“(?P<curly>[^”]{8,})”|\"(?P<straight>[^\"]{8,})\"")
_LAST_SENTENCE = re.compile(r"(?P<before>.+?[.!?…)\n\U0001F000-\U0001FAFF])\s*(?P<ask>[^.!?\n]{5,70}\?\W*)$", re.DOTALL)
_BARE_ASK = re.compile(
    r"^\W*(?:(?:hi|hey|hello|ok|okay|so|quick q(?:uestion)?|please|pls)\W+)*"
    r"(?:(?:can|could|may|should) (?:i|we) (?:please )?(?:post|share|publish|tweet|put up) (?:this|it|that)(?: (?:photo|picture|pic|video|one|post))?|"
    r"(?:i )?(?:need|want|have|am about|im about|about) to post(?: (?:this|it|something))?(?: asap| now| today)?|"
    r"(?:is (?:this|it)|this) (?:post )?(?:ok|okay|fine|alright|allowed)(?: to (?:post|share|publish))?|"
    r"(?:ok|okay|fine|alright) (?:to|if (?:i|we)) (?:post|share|publish)(?: (?:this|it|that))?|"
    r"(?:can you )?(?:check|review|look (?:at|over)) (?:this|my|our) (?:post|draft|caption|one))"
    r"(?: (?:please|pls|or not|now|today|here))?\W*$",
    re.IGNORECASE,
)
_REPORTS = re.compile(
    r"\b(?:comment(?:ed|s|er|ing)?|repl(?:y|ied|ies)|(?:he|she|they|someone|somebody|parent|student|kid|guy|troll|mom|dad) (?:just )?(?:wrote|posted|said|put|left|tagged|keeps?))\b",
    re.IGNORECASE,
)
"""What somebody else wrote is no draft of ours, whatever is asked about it."""

LONGEST_ASK_WORDS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """A draft found in a message."""

    draft: str
    around: str
    """What the message says beside the draft, the bare request left out; often empty."""


def asks_for_a_check(text: str) -> bool:
    """Tell whether a message only asks whether "this" may be posted, and holds no post."""
    return len(text) < 200 and bool(_BARE_ASK.match(text))


def find_pasted(text: str) -> Pasted | None:
    """Find the text of a post in a message, or None where there is none.

    Three forms are known: a line that asks and the draft below it or behind its colon; the draft in quotation marks;
    the draft and a last sentence that asks.
    """
    return _behind_ask(text) or _in_quotes(text) or _before_ask(text)


def _behind_ask(text: str) -> Pasted | None:
    first, separator, rest = _cut(text)
    is_request = separator and _is_ask(first) and _is_draft(rest) and not _REPORTS.search(first)
    if is_request and not (_CHECKS_ONLY.search(first) and _IS_QUESTION.match(rest)):
        return Pasted(draft=rest.strip().strip('"“”').strip(), around=_around(first))
    return None


def _cut(text: str) -> tuple[str, str, str]:
    """Cut at the first line break, question mark or colon, whichever comes first."""
    found = re.search(r":(?=\s|\")|\?\s*[-–]?(?=\s)|\n", text)
    return (text[: found.start()], found[0], text[found.end() :]) if found else (text, "", "")


def _in_quotes(text: str) -> Pasted | None:
    quoted = [(match["curly"] or match["straight"], match) for match in _QUOTED.finditer(text)]
    quoted = [(inside, match) for inside, match in quoted if _is_draft(inside)]
    if not quoted:
        return None
    inside, match = max(quoted, key=lambda pair: len(pair[0]))
    around = f"{text[: match.start()]} {text[match.end() :]}"
    is_asked_about = _ASKS.search(around) and not _REPORTS.search(around)
    return Pasted(draft=inside.strip(), around=_around(around)) if is_asked_about else None


def _before_ask(text: str) -> Pasted | None:
    match = _LAST_SENTENCE.match(text.strip())
    if match is None or not _BARE_ASK.match(match["ask"]) or not _is_draft(match["before"]):
        return None
    return Pasted(draft=match["before"].strip(), around="")


def _is_ask(line: str) -> bool:
    is_short = len(line.split()) <= LONGEST_ASK_WORDS
    return is_short and bool(_REQUESTS.match(line) and _ASKS.search(line) and _POINTS.search(line))


def _is_draft(text: str) -> bool:
    return len(text.split()) >= FEWEST_DRAFT_WORDS


def _around(text: str) -> str:
    """Return what is said beside the draft; nothing where it only asks."""
    said = " ".join(text.split()).strip(" :-")
    return "" if _BARE_ASK.match(said) else said
