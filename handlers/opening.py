"""From a command or plain words to a form, prefilled with what was said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from handlers import forms
from handlers.context import HandlerContext
from handlers.incoming import Question
from handlers.outcome import Outcome
from handlers.wording import guide
from knowledge.filings import FilingKind
from knowledge.handles import mentioned_in, platform_of
from knowledge.people import Person, Standing

if TYPE_CHECKING:
    from handlers.replies import Reply

_NEW_ACCOUNT_WORDS: Mapping[str, FilingKind] = MappingProxyType(
    {
        "register": FilingKind.REGISTER,
        "existing": FilingKind.REGISTER,
        "logo": FilingKind.LOGO,
        "mascot": FilingKind.LOGO,
    }
)
_ADD_ADMIN_WORDS: Mapping[str, FilingKind] = MappingProxyType(
    {
        "remove": FilingKind.REMOVE_ADMINISTRATOR,
        "rename": FilingKind.RENAME,
        "close": FilingKind.CLOSE,
        "delete": FilingKind.CLOSE,
        "handover": FilingKind.HAND_OVER,
        "hand": FilingKind.HAND_OVER,
        "leaving": FilingKind.HAND_OVER,
    }
)
KIND_OF_TOPIC: Mapping[str, FilingKind] = MappingProxyType(
    {
        "new_account_how": FilingKind.NEW_ACCOUNT,
        "new_account_approval": FilingKind.NEW_ACCOUNT,
        "approved_platforms": FilingKind.NEW_ACCOUNT,
        "register_existing": FilingKind.REGISTER,
        "add_administrator": FilingKind.ADD_ADMINISTRATOR,
        "who_may_administer": FilingKind.ADD_ADMINISTRATOR,
        "minimum_administrators": FilingKind.ADD_ADMINISTRATOR,
    }
)
"""What somebody who wants an account action done means, by the topic of their words."""

_KIND_OF_WORDS: tuple[tuple[re.Pattern[str], FilingKind], ...] = (
    (
        re.compile(r"\b(?:remove|take|drop|delete)\b.{0,40}\b(?:admin|administrator|off)\b", re.IGNORECASE),
        FilingKind.REMOVE_ADMINISTRATOR,
    ),
    (
        re.compile(r"\b(?:rename|new name|change (?:the|our|its) (?:name|handle)|rebrand)\b", re.IGNORECASE),
        FilingKind.RENAME,
    ),
    (
        re.compile(
            r"\b(?:close|delete|shut|deactivate|take down|get rid of)\b.{0,40}\b(?:account|page|profile|handle|insta\w*|facebook|twitter)\b",
            re.IGNORECASE,
        ),
        FilingKind.CLOSE,
    ),
    (
        re.compile(
            r"\b(?:hand (?:it |the \w+ |our \w+ )?over|i(?:'m| am) leaving|i am retiring|i'm retiring|take (?:it )?over|relinquish)\b",
            re.IGNORECASE,
        ),
        FilingKind.HAND_OVER,
    ),
    (re.compile(r"\b(?:logo|mascot)\b", re.IGNORECASE), FilingKind.LOGO),
    (
        re.compile(r"\bregister\b|\b(?:already|existing)\b.{0,40}\b(?:account|page|insta\w*)\b", re.IGNORECASE),
        FilingKind.REGISTER,
    ),
    (re.compile(r"\b(?:add|make)\b.{0,60}\badmin(?:istrator)?s?\b", re.IGNORECASE), FilingKind.ADD_ADMINISTRATOR),
    (
        re.compile(
            r"\b(?:create|start|open|set ?up|make|launch|new)\b.{0,60}\b(?:account|page|profile|channel|insta\w*|facebook|twitter)\b",
            re.IGNORECASE,
        ),
        FilingKind.NEW_ACCOUNT,
    ),
)
_FILLERS = re.compile(
    r"^(?:(?:an?|the|our|for|on|called|named|please|account|page|new)\s+)+|\s+(?:on|for|at|in|an?|our|account|page)$",
    re.IGNORECASE,
)


async def new_account(question: Question, context: HandlerContext) -> Outcome:
    """Do what stands behind ``/newaccount``."""
    return await _open(question, context, words=_NEW_ACCOUNT_WORDS, usual=FilingKind.NEW_ACCOUNT)


async def add_administrator(question: Question, context: HandlerContext) -> Outcome:
    """Do what stands behind ``/addadmin``."""
    return await _open(question, context, words=_ADD_ADMIN_WORDS, usual=FilingKind.ADD_ADMINISTRATOR)


async def _open(
    question: Question, context: HandlerContext, *, words: Mapping[str, FilingKind], usual: FilingKind
) -> Outcome:
    said = question.text.split()[1:]
    if [word.lower() for word in said] == ["help"]:
        return Outcome(reply=guide.account_commands(district=context.shelf.district), is_promised=False)
    kind = words.get(said[0].lower(), usual) if said else usual
    rest = " ".join(said[1:] if kind is not usual else said)
    reply = await form_of(kind, rest, person=question.person, context=context)
    others = [each for each in dict.fromkeys(words.values()) if each is not kind]
    return Outcome(reply=guide.with_other_forms(reply, others), is_promised=False)


async def form_of(kind: FilingKind, text: str, *, person: Person, context: HandlerContext) -> Reply:
    """Draw a form with what a text says filled in."""
    return await forms.form_for(kind, person=person, context=context, values=prefilled(kind, text))


def kind_wanted(text: str, topic: str) -> FilingKind | None:
    """Return what somebody wants done, from their words and, where those leave it open, from the topic."""
    by_words = next((kind for pattern, kind in _KIND_OF_WORDS if pattern.search(text)), None)
    return by_words or KIND_OF_TOPIC.get(topic)


async def form_wanted(question: Question, topic: str, context: HandlerContext) -> Reply | None:
    """Draw the form that plain words ask for; None where they do not tell which, or the person may not file.

    Parameters
    ----------
    topic
        What the words were recognised to be about.
    """
    kind = kind_wanted(question.text, topic)
    if kind is None or question.person.standing is not Standing.MEMBER:
        return None
    if kind is FilingKind.LOGO and kind not in context.shelf.district.filings:
        return None
    values = prefilled(kind, question.text, is_command=False)
    form = await forms.form_for(kind, person=question.person, context=context, values=values)
    return guide.offered(kind, form)


def command_of(kind: FilingKind) -> str:
    """Return the command that opens the form of a kind of filing."""
    is_new = kind in {FilingKind.NEW_ACCOUNT, FilingKind.REGISTER, FilingKind.LOGO}
    return "/newaccount" if is_new else "/addadmin"


def prefilled(kind: FilingKind, text: str, *, is_command: bool = True) -> dict[str, str]:
    """Return the fields that a text fills in: the platform, the handle, what is left as the name.

    Parameters
    ----------
    is_command
        True where the text stood behind a command; a sentence's other words are no name.
    """
    named = mentioned_in(text)
    shown = next((f"@{each}" if isinstance(each, str) else each.shown for each in named), "")
    platform, rest = _without_platform(text)
    if named and not isinstance(named[0], str):
        platform = platform or named[0].platform
    rest = " ".join(word for word in rest.split() if "@" not in word and "/" not in word and "." not in word.strip("."))
    name = _FILLERS.sub("", _FILLERS.sub("", rest)).strip(" ,.;:") if is_command else ""
    if kind in {FilingKind.NEW_ACCOUNT, FilingKind.REGISTER}:
        values = {"organization": name[:120], "platform": platform, "handle": shown}
    elif kind is FilingKind.LOGO:
        values = {"organization": name[:120]}
    else:
        values = {"account": shown or name[:120]}
    return {field: value for field, value in values.items() if value}


def _without_platform(text: str) -> tuple[str, str]:
    """Return the platform that a text names, and the text without it."""
    words = text.split()
    for length in (2, 1):
        for place in range(len(words) - length + 1):
            phrase = " ".join(words[place : place + length]).strip(".,;:!?").lower()
            platform = platform_of(phrase) if len(phrase) > 1 and "@" not in phrase else ""
            if platform and platform not in {"other", "website"}:
                before = words[:place]
                if before and before[-1].lower() in {"on", "in", "an", "a", "for", "our"}:
                    before = before[:-1]
                return platform, " ".join([*before, *words[place + length :]])
    return "", text
