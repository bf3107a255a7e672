"""Sentences of a paragraph, and where a long paragraph of several rules is cut.

A cut in the wrong place tears a rule from what it means, so a paragraph is cut only when it is long, and only before
a sentence that names its own subject.
"""

import re

LONG_PARAGRAPH = 700
"""Characters from which a paragraph is too long to be cited as one clause."""

_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|No|Nos|Sec|Art|Dr|Mr|Mrs|Ms|St|Jr|Sr|Ed|Gov|approx|ext|U\.S|[A-Z])\.)$"
)
_BREAK = re.compile(r"(?<=[.!?])[\"”’')\]]*\s+(?=[\"“‘(\[]?[A-Z0-9])")
_RULE = re.compile(
    r"\b(?:must|shall|may not|may only|should|is prohibited|are prohibited|is not permitted|are not permitted|"
    r"is required|are required|are expected|is expected|may)\b|^(?:do not|don’t|don't|never)\b",
    re.IGNORECASE,
)
_LEANS_BACK = re.compile(
    r"^[\"“(]?(?:this|these|those|that|it|its|they|their|such|he|she|his|her|both|either|neither|each of|examples?|"
    r"for example|for instance|in (?:this|these|those|such|that|either|addition)|if so|otherwise|also|additionally|"
    r"furthermore|moreover|however|rather|instead|likewise|similarly|therefore|accordingly|as a result|violat\w+|"
    r"failure|exceptions?|the same|here|there|then|doing so|when (?:this|these|that|it|they|doing)|"
    r"after (?:this|that)|until then|include|includes|including|and|or|but)\b",
    re.IGNORECASE,
)
_REFERS_BACK = re.compile(
    r"\b(?:also|such|the same|said|above|(?:these|those|this)\b(?! (?:polic|guideline|procedure|regulation|document|"
    r"handbook|protocol|agreement|rules)))",
    re.IGNORECASE,
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Find the sentences of a paragraph.

    Parameters
    ----------
    text
        One paragraph.

    Returns
    -------
    list[tuple[int, int]]
        Start and end of each sentence, in characters, without white space around.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for gap in _BREAK.finditer(text):
        if _ABBREVIATION.search(text[max(gap.start() - 8, 0) : gap.start()]):
            continue
        spans.append((start, gap.start() + len(gap.group().rstrip())))
        start = gap.end()
    spans.append((start, len(text)))
    return [(begin, finish) for begin, finish in spans if text[begin:finish].strip()]


def rule_spans(text: str) -> list[tuple[int, int]]:
    """Cut a long paragraph that holds several rules; leave any other whole.

    Parameters
    ----------
    text
        One paragraph.

    Returns
    -------
    list[tuple[int, int]]
        Start and end of each part, in characters; one part for a paragraph that stays whole.
    """
    whole = [(0, len(text))]
    if len(text) <= LONG_PARAGRAPH:
        return whole
    parts: list[tuple[int, int]] = []
    has_rule = False
    for start, end in sentences(text):
        is_rule = bool(_RULE.search(text[start:end]))
        if parts and not (is_rule and has_rule and _stands_alone(text[start:end])):
            parts[-1] = (parts[-1][0], end)
            has_rule = has_rule or is_rule
        else:
            parts.append((start, end))
            has_rule = is_rule
    return parts or whole


def _stands_alone(sentence: str) -> bool:
    """Whether a sentence can be understood without the one before it."""
    return not _LEANS_BACK.match(sentence) and not _REFERS_BACK.search(sentence)
