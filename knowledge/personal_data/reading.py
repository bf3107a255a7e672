"""A text as a list of words, for the finders that look at the words around."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"[^\W\d_]{1,40}(?:['’-][^\W\d_]{1,40}){0,3}|\d{1,20}(?:[.,:/]\d{1,6}){0,3}|[^\s\w]|_")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
_UNSPACED_BEFORE = "@#/\\"


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a mark."""

    text: str
    """As written, without a possessive ending."""

    lower: str
    """The same in lower case, with straight apostrophes."""

    start: int
    """Offset of its first character."""

    end: int
    """Offset after the last character of ``text``."""

    is_possessive: bool
    """Whether 's follows."""

    @property
    def is_name_shaped(self) -> bool:
        """Whether it is written as a name is: Mia, O'Connor, Mei-Ling, DeShawn."""
        return len(self.text) > 1 and self.text[0].isupper() and any(letter.islower() for letter in self.text)

    @property
    def is_capitals(self) -> bool:
        """Whether it shouts."""
        return len(self.text) > 2 and self.text.isupper()


def read(text: str) -> list[Token]:
    """Split a text into words, numbers and marks; handles, hashtags and addresses of pages are left out."""
    tokens = []
    for found in _TOKEN.finditer(text):
        word, start = found[0], found.start()
        if word[0].isalpha() and start and text[start - 1] in _UNSPACED_BEFORE:
            continue
        owned = _POSSESSIVE.search(word)
        if owned:
            word = word[: owned.start()]
        tokens.append(Token(word, word.lower().replace("’", "'"), start, start + len(word), bool(owned)))
    return tokens


def ends_sentence(tokens: list[Token], place: int) -> bool:
    """Whether the token at a place ends a sentence, and not an abbreviation or an initial."""
    token = tokens[place]
    if token.text in "!?":
        return True
    if token.text != "." or place == 0:
        return False
    before = tokens[place - 1]
    is_joined = before.end == token.start
    return not (is_joined and (len(before.text) == 1 or before.lower in _ABBREVIATIONS))


_ABBREVIATIONS = frozenset({"mr", "mrs", "ms", "dr", "st", "jr", "sr", "vs", "prof", "rev", "lt", "sgt"})
