"""Whom or which use a clause binds, read from its section, its lead-in, and then its own words."""

import re

from knowledge.guidelines import Scope

_PERSONAL = re.compile(
    r"\b(?:personal|private|off[- ]duty|own time|non[- ]district[- ]*\s?related)\b"
    r"(?! (?:information|data|device|phone|computer|e-?mail|identif|opinion|photo|address|gain|cell))",
    re.IGNORECASE,
)
_EDUCATIONAL = re.compile(
    r"\b(?:educational|instructional|classroom|professional|official|"
    r"school[- ]related|(?<!non-)district[- ]related|work[- ]related)\b",
    re.IGNORECASE,
)
_ADMINISTRATORS = re.compile(
    r"\b(?:(?:account|page|site|social media)(?: account)? (?:administrat|manager|moderator|owner)|administrators of|"
    r"account owners?|content managers?|account management|"
    r"(?:manag|run|administer|moderat)\w* (?:(?:an?|the|your|our) )?(?:[\w-]+ )?(?:account|page|site)s?\b)",
    re.IGNORECASE,
)
_COMMENTERS = re.compile(
    r"\bcomment(?:s|ers|ing)?\b(?! on\b)|\b(?:public|community) (?:participation|posts|conduct)\b|\bvisitors?\b",
    re.IGNORECASE,
)
_USE = re.compile(
    r"\b(?:accounts?|pages?|sites?|profiles?|use|purposes?|social media|platforms?|time)\b", re.IGNORECASE
)


def read_scope(text: str, *, section_path: tuple[str, ...], lead_in: str | None = None) -> Scope:
    """Tell whom or which use a clause binds.

    Parameters
    ----------
    text
        The clause.
    section_path
        Its headings; the title of the document, which the first may be, says nothing where others follow.
    lead_in
        The sentence it completes, or None.

    Returns
    -------
    Scope
        The narrowest that section, lead-in or text names; all where they name both uses or none.
    """
    contexts = [*([lead_in] if lead_in is not None else []), *reversed(section_path)]
    scope = next((found for context in contexts if (found := _of_context(context)) is not None), None)
    if scope in {None, Scope.EDUCATIONAL_USE}:
        is_about_accounts = any("account" in context.lower() for context in contexts)
        if _has_administrators_as_subject(lead_in or text, is_about_accounts=is_about_accounts):
            return Scope.ACCOUNT_ADMINISTRATORS
    return scope if scope is not None else _of_text(text)


def _has_administrators_as_subject(text: str, *, is_about_accounts: bool) -> bool:
    """Whether a sentence begins with those who run an account; a school's "administrators" alone are its principals."""
    subject = re.split(r"\b(?:must|shall|should|may|are|is|will|can)\b", text, maxsplit=1)[0]
    if len(subject) == len(text) or re.match(r"(?:as|if)\b", subject, re.IGNORECASE):
        return False
    return bool(_ADMINISTRATORS.search(subject)) or (
        is_about_accounts
        and re.match(r"(?:(?:every|all|each|the) )?administrators?\b", subject, re.IGNORECASE) is not None
    )


def _of_context(text: str) -> Scope | None:
    """Read a heading or a lead-in; None where it names nobody."""
    if _ADMINISTRATORS.search(text):
        return Scope.ACCOUNT_ADMINISTRATORS
    personal, educational = _PERSONAL.search(text), _EDUCATIONAL.search(text)
    if personal and educational:
        return Scope.ALL
    if personal:
        return Scope.PERSONAL_USE
    if educational:
        return Scope.EDUCATIONAL_USE
    return Scope.COMMENTERS if _COMMENTERS.search(text) else None


def _of_text(text: str) -> Scope:
    """Read the clause itself: the use that it names."""
    personal = any(_USE.search(text[at.end() : at.end() + 30]) for at in _PERSONAL.finditer(text))
    educational = any(_USE.search(text[at.end() : at.end() + 30]) for at in _EDUCATIONAL.finditer(text))
    if personal and not educational:
        return Scope.PERSONAL_USE
    if educational and not personal:
        return Scope.EDUCATIONAL_USE
    return Scope.ALL
