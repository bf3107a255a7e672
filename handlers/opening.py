"""From a command or plain words to a form, prefilled with what was said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from handlers import finding_accounts, forms
from handlers.context import HandlerContext
from handlers.incoming import Question
from handlers.outcome import Outcome
from handlers.wording import acceptances, guide
from knowledge.filing_checks import LONGEST_ORGANIZATION_CHARACTERS
from knowledge.filings import NEW_IN_REGISTRY, ON_AN_ACCOUNT, FilingKind
from knowledge.handles import mentioned_in, platform_of
from knowledge.people import Person, Standing
from knowledge.registry import AccountStatus

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
        "leave": FilingKind.HAND_OVER,
        "i'm": FilingKind.HAND_OVER,
    }
)
KIND_OF_TOPIC: Mapping[str, FilingKind] = MappingProxyType(
    {
        "new_account_how": FilingKind.NEW_ACCOUNT,
        "new_account_approval": FilingKind.NEW_ACCOUNT,
        "register_existing": FilingKind.REGISTER,
        "rename_account": FilingKind.RENAME,
        "add_administrator": FilingKind.ADD_ADMINISTRATOR,
        "remove_administrator": FilingKind.REMOVE_ADMINISTRATOR,
        "close_account": FilingKind.CLOSE,
        "leaving_handover": FilingKind.HAND_OVER,
        "logo_district": FilingKind.LOGO,
        "logo_school_mascot": FilingKind.LOGO,
    }
)
"""What can be filed about a topic: its form is offered under the clause, and opened where the action is asked for."""

_PERSON = r"(?:m[rsx]s?\.?|miss|coach|principal|our|my|the new|a new|another|her|him|them|\[[a-z' -]+\])"
_ACCOUNT = r"(?:accounts?|pages?|profiles?|handles?|channels?|ig|insta\w*|facebook|fb|twitter|x\b|linkedin|@\w+)"
_KIND_OF_WORDS: tuple[tuple[re.Pattern[str], FilingKind], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (
            r"\b(?:hand|give|transfer|pass)\b.{0,40}\b(?:over|to)\b|\bi(?:'?m| am) (?:leaving|retiring)\b|\bi (?:retire|leave)\b|\brelinquish\b",
            FilingKind.HAND_OVER,
        ),
        (
            r"\b(?:remove|take|drop|kick|swap)\b.{0,60}\b(?:admins?|administrators?|off|out|from|for me)\b|\b(?:don'?t|do not) want to be (?:on|an? admin)",
            FilingKind.REMOVE_ADMINISTRATOR,
        ),
        (r"\b(?:rename|new name|change (?:the|our|its|my) (?:\w+ )?(?:name|handle)|rebrand)\b", FilingKind.RENAME),
        (
            rf"\b(?:close|delete|shut|deactivate|take down|get rid of|no longer use)\b.{{0,60}}{_ACCOUNT}",
            FilingKind.CLOSE,
        ),
        (r"\b(?:logo|mascot)\b", FilingKind.LOGO),
        (
            rf"\badd\b.{{0,60}}\badmin|\b(?:new|second|another|additional|2nd)\b.{{0,15}}\badmin|\bmake\b.{{0,40}}\badmin|\b(?:add|put)\b.{{0,5}}{_PERSON}.{{0,60}}\b(?:on|to)\b.{{0,40}}{_ACCOUNT}",
            FilingKind.ADD_ADMINISTRATOR,
        ),
        (
            rf"\bregister\b|\b(?:already|existing)\b.{{0,40}}{_ACCOUNT}|\b(?:made|created|started)\b.{{0,40}}{_ACCOUNT}.{{0,60}}\b(?:never|already|year|ago)\b",
            FilingKind.REGISTER,
        ),
        (
            rf"^(?!.*\b(?:posts?|photos?|pictures?|videos?|story|flyers?)\b).*\b(?:create|start|open|set ?up|make|launch|get|need|want|request|new)\b.{{0,60}}{_ACCOUNT}|\b(?:new|file a new) account\b",
            FilingKind.NEW_ACCOUNT,
        ),
    )
)
"""How staff say what they want done; the first that fits counts."""

_IS_LIVE = re.compile(
    rf"{_ACCOUNT}.{{0,40}}\b(?:is|are|went|just went) (?:now )?(?:live|up|created|ready|done)\b|\b(?:created|made|set up) (?:it|the (?:account|page))\b|\baccount is created\b",
    re.IGNORECASE,
)
"""How the filer of an approved account says that it exists now; "live" alone sounds like an alarm."""

_FOR_WHOM = re.compile(
    r"\bfor (?:the |our |my |an? )?(?P<name>[\w'&.-]+(?: [\w'&.-]+){0,5}?)(?= on | at | called|[,.!?;:]|$)",
    re.IGNORECASE,
)
_MARK = re.compile(r"\[[a-z' -]+\]")
"""What masking leaves in the place of a name or an address."""

_FILLERS = re.compile(
    r"^(?:(?:an?|the|our|for|on|called|named|please|account|page|new|over|me|i'm|im|leaving|leave|help|we|already|have|to)\s+)+|\s+(?:on|for|at|in|an?|our|account|page|to)$|^(?:over|me|leaving|leave|help|please)$",
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
    if said and said[0].lower() == "help":
        return Outcome(reply=guide.account_commands(district=context.shelf.district), is_promised=False)
    kind = words.get(said[0].lower(), usual) if said else usual
    rest = " ".join(said[1:] if kind is not usual else said)
    if kind is FilingKind.NEW_ACCOUNT and re.search(r"\balready\b|\bexisting\b", rest, re.IGNORECASE):
        kind = FilingKind.REGISTER
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
    if question.person.standing is not Standing.MEMBER:
        return None
    kind = kind_wanted(question.text, topic)
    if kind is None or not _is_offered(kind, context):
        return guide.what_to_file()
    values = prefilled(kind, question.text, is_command=False)
    if kind in ON_AN_ACCOUNT and "account" not in values:
        meant = await finding_accounts.named_account(question.text, context)
        values |= {"account": str(meant.number)} if meant else {}
    if kind is FilingKind.REMOVE_ADMINISTRATOR and re.search(r"\b(?:me|i)\b", question.text, re.IGNORECASE):
        values["administrator"] = question.person.email
    form = await forms.form_for(kind, person=question.person, context=context, values=values)
    return guide.offered(kind, form)


def form_button(topic: str, question: Question, context: HandlerContext) -> FilingKind | None:
    """Return what can be filed about the topic of an answered question, where this person may file it."""
    kind = KIND_OF_TOPIC.get(topic)
    is_staff = question.person.standing is Standing.MEMBER
    return kind if kind is not None and is_staff and _is_offered(kind, context) else None


def _is_offered(kind: FilingKind, context: HandlerContext) -> bool:
    return kind is not FilingKind.LOGO or kind in context.shelf.district.filings


def says_it_is_live(text: str) -> bool:
    """Tell whether a message can say that an approved account exists now."""
    return bool(_IS_LIVE.search(text))


async def address_form(question: Question, context: HandlerContext) -> Reply | None:
    """Draw the form for the address, where this person filed an account that waits for it; None otherwise."""
    filed = await context.unit.filings.of_person(district_id=context.shelf.district.id, person=question.person)
    numbers = [each.account_number for each in filed if each.kind is FilingKind.NEW_ACCOUNT and each.account_number]
    found = (
        await context.unit.registry.numbered(district_id=context.shelf.district.id, numbers=numbers) if numbers else []
    )
    waiting = [each for each in found if each.status in {AccountStatus.APPROVED, AccountStatus.ANNOUNCED}]
    if not waiting:
        return None
    named = mentioned_in(question.text)
    shown = next((f"@{each}" if isinstance(each, str) else each.shown for each in named), "")
    return acceptances.asks_address(waiting[0], typed=shown)


def command_of(kind: FilingKind) -> str:
    """Return the command that opens the form of a kind of filing."""
    is_new = kind in {FilingKind.NEW_ACCOUNT, FilingKind.REGISTER, FilingKind.LOGO}
    return "/newaccount" if is_new else "/addadmin"


def prefilled(kind: FilingKind, text: str, *, is_command: bool = True) -> dict[str, str]:
    """Return the fields that a text fills in: the platform, the handles, whom it is for, what is left as the name.

    Parameters
    ----------
    is_command
        True where the text stood behind a command; of a sentence only what is said to be the name is one.
    """
    shown = [f"@{each}" if isinstance(each, str) else each.shown for each in mentioned_in(text)]
    plain = _MARK.sub(" ", text)
    platform, rest = _without_platform(plain)
    first = next((each for each in mentioned_in(text) if not isinstance(each, str)), None)
    if first is not None:
        platform = platform or first.platform
    name = _name_in(rest) if is_command else ""
    said_for = _FOR_WHOM.search(_without_platform(plain)[1])
    if said_for and not is_command:
        name = said_for["name"]
    if len(name) > LONGEST_ORGANIZATION_CHARACTERS:
        name = ""
    if kind in NEW_IN_REGISTRY:
        values = {"organization": name, "platform": platform, "handle": shown[0] if shown else ""}
    elif kind is FilingKind.LOGO:
        values = {"organization": name}
    elif kind is FilingKind.RENAME:
        old, _, new = name.partition(" to ")
        values = {
            "account": shown[0] if shown else old,
            "handle": shown[1] if len(shown) > 1 else "",
            "organization": new,
        }
    else:
        values = {"account": shown[0] if shown else name}
    return {field: value for field, value in values.items() if value}


def _name_in(text: str) -> str:
    """Return the name that is left of a command's words."""
    words = [
        word
        for word in text.split()
        if "@" not in word and "://" not in word and not re.search(r"\w/\w+\.|\.\w+/", word)
    ]
    name = " ".join(words)
    for _ in range(2):
        name = _FILLERS.sub("", name).strip(' ,;:"“”')
    return name


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
