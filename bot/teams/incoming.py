"""Translates what Teams sends into what handlers take; decides nothing.

Three questions decide what an activity is: was something of ours pressed (it carries what `bot.teams.render` put into it),
does it stand under a card of ours in the specialists' channel, or is it something that a person says.
"""

import hashlib
import html
import json
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.teams.activities import Activity
from bot.teams.addresses import channel_of, conversation_of, own_chat, thread_of
from bot.teams.forms import NO_ANSWER
from bot.teams.people import person_id
from bot.teams.render import CARRIED, FORM, PRESS, PUT_AWAY, THREAD, WINDOW
from handlers.incoming import FORM_FIELDS, FormSubmission, Incoming, Press, Question, ThreadMessage
from knowledge.conversations import ConversationReference
from knowledge.people import Person
from knowledge.store.teams_conversations import TeamsConversation

SAME_PRESS_SECONDS = 60.0
"""Within which a press under the same drawing is the same press: Teams sends an invoke again under another id.

Source: https://github.com/microsoft/botbuilder-dotnet/issues/5005
"""

MOST_REMEMBERED = 10_000

_AT = re.compile(r"<at\b[^>]{0,200}>(.{0,200}?)</at>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?(?:p|div|span|br)\b[^>]{0,200}/?>", re.IGNORECASE)
_SPACE = re.compile(r"[ \t]*(?:&nbsp;|\xa0)[ \t]*")
_COMMANDS_OF_POSTWISE = frozenset(
    "accounts filings tasks history export left remove cases silent digest precedents".split()
)
"""What ``postwise`` is told: with one of these after it, it is the command and not the bot's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """What an action of ours carries, with what was typed beside it. Nothing in it is a right."""

    kind: str
    verb: str
    value: str
    key: str
    fields: Mapping[str, str]


class Presses:
    """Gives each press the key of its event: the same one where it is sent again."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._recent: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def key_of(self, pressed: Pressed, *, message: str, person: str) -> str:
        """Return the key of a press.

        It is made of what was pressed, where, with what beside it and by whom, and of the moment, roughly: the same button
        may be pressed again later.
        """
        said = json.dumps(
            [message, pressed.key, pressed.kind, pressed.verb, pressed.value, sorted(pressed.fields.items()), person]
        )
        what = hashlib.sha256(said.encode()).hexdigest()[:40]
        at = self._now()
        seen = self._recent.get(what)
        if seen is not None and at - seen[0] < SAME_PRESS_SECONDS:
            return seen[1]
        key = f"teams/press/{what}/{int(at // (5 * SAME_PRESS_SECONDS))}"
        self._recent[what] = (at, key)
        self._recent.move_to_end(what)
        if len(self._recent) > MOST_REMEMBERED:
            self._recent.popitem(last=False)
        return key


def pressed_of(carrier: Any) -> Pressed | None:
    """Read what an action carries; None where it is nothing that we drew."""
    carried = carrier.get(CARRIED) if isinstance(carrier, dict) else None
    if not isinstance(carried, dict) or carried.get("is") not in {PRESS, FORM, THREAD, PUT_AWAY, WINDOW}:
        return None
    words = {name: carried.get(name, "") for name in ("is", "verb", "value", "key")}
    if not all(isinstance(word, str) and len(word) <= 4000 and "\x00" not in word for word in words.values()):
        return None
    fields: dict[str, str] = {}
    prefix = f"{carried['part']}:" if isinstance(carried.get("part"), int) else None
    for name, value in carrier.items():
        if prefix and isinstance(name, str) and name.startswith(prefix) and isinstance(value, str | int | float | bool):
            text = "" if value == NO_ANSWER else str(value)[:20_480]
            fields[name.removeprefix(prefix)[:100]] = text
    return Pressed(
        kind=words["is"], verb=words["verb"][:100], value=words["value"], key=words["key"][:100], fields=fields
    )


def place_of(activity: Activity) -> tuple[TeamsConversation, ...]:
    """Return where an activity came from, and how its person is reached, to be kept."""
    who = person_id(activity.sender)
    own = own_chat(who).address
    shared = {"service_url": activity.service_url, "tenant_id": activity.tenant}
    chat = TeamsConversation(
        address=own,
        conversation_id=activity.conversation.id if activity.is_personal else "",
        kind="personal",
        person_id=who,
        member_id=activity.sender.id,
        **shared,
    )
    if activity.is_personal:
        return (chat,)
    channel = channel_of(activity.conversation.id)
    kind = "channel" if activity.conversation.kind == "channel" or activity.team else "groupChat"
    return (TeamsConversation(address=channel, conversation_id=channel, kind=kind, **shared), chat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Translator:
    """Translates for one district."""

    district_id: str
    specialists: str
    """The channel of the specialists; empty where they read elsewhere."""

    presses: Presses

    def conversation(self, activity: Activity, *, is_said: bool) -> ConversationReference:
        """Return where an activity happened.

        Parameters
        ----------
        is_said
            True for a question, which is answered in the thread where it was asked. What happens at a card of the
            specialists' channel happens in the channel.
        """
        if activity.is_personal:
            return own_chat(person_id(activity.sender))
        address = activity.conversation.id
        is_specialists = channel_of(address) == self.specialists
        return conversation_of(channel_of(address) if is_specialists and not is_said else address)

    def pressed(self, pressed: Pressed, activity: Activity, person: Person) -> Incoming | None:
        """Translate what was pressed; None for what handlers know nothing of."""
        message = activity.reply_to or ""
        shared: dict[str, Any] = {
            "district_id": self.district_id,
            "person": person,
            "conversation": self.conversation(activity, is_said=False),
            "event_key": self.presses.key_of(pressed, message=message, person=person.id),
            "message": message,
            "home": self.home(activity),
        }
        private = self._private(activity)
        shown: dict[str, Any] = {"private": private, "is_private": private is not None}
        if pressed.kind in {PRESS, WINDOW}:
            return Press(verb=pressed.verb, value=pressed.value[:2000], fields=_texts(pressed), **shared, **shown)
        if pressed.kind == FORM:
            fields = {name: text for name, text in pressed.fields.items() if name in FORM_FIELDS}
            return FormSubmission(verb=pressed.verb, value=pressed.value[:2000], fields=fields, **shared, **shown)
        if pressed.kind == THREAD:
            return ThreadMessage(text=pressed.fields.get("text", ""), **shared)
        return None

    def said(self, activity: Activity, person: Person) -> Question:
        """Translate what a person says."""
        text = command_of(words_of(activity))
        names = attachments_of(activity)
        return Question(
            district_id=self.district_id,
            person=person,
            conversation=self.conversation(activity, is_said=True),
            event_key=f"teams/{activity.conversation.id}/{activity.id}"[-300:],
            text=text or ("" if names else "help"),
            attachment_names=names,
            home=self.home(activity),
            private=self._private(activity),
        )

    def _private(self, activity: Activity) -> ConversationReference | None:
        """Return where a person alone is told things, where they act before others who are no specialists."""
        is_specialists = bool(self.specialists) and channel_of(activity.conversation.id) == self.specialists
        return None if is_specialists else self.home(activity)

    def under_card(self, activity: Activity) -> str:
        """Return the message under which something was said in the specialists' channel; empty where it was not."""
        is_specialists = bool(self.specialists) and channel_of(activity.conversation.id) == self.specialists
        return thread_of(activity.conversation.id) if is_specialists else ""

    def in_thread(self, question: Question, message: str) -> ThreadMessage:
        """Translate what was said under a card."""
        return ThreadMessage(
            district_id=question.district_id,
            person=question.person,
            conversation=conversation_of(self.specialists),
            event_key=question.event_key,
            message=message,
            text=question.text if question.text != "help" else "",
            attachment_names=question.attachment_names,
            home=question.home,
        )

    def welcome(self, activity: Activity, person: Person) -> Question:
        """Translate that the bot was added: whoever added it is told what it can do, once."""
        conversation = self.conversation(activity, is_said=True)
        return Question(
            district_id=self.district_id,
            person=person,
            conversation=conversation,
            event_key=f"teams/welcome/{conversation.address}"[-300:],
            text="help",
            home=self.home(activity),
        )

    def home(self, activity: Activity) -> ConversationReference | None:
        """Return where the person alone is told things: never a channel, whoever wrote in it."""
        return None if activity.is_personal else own_chat(person_id(activity.sender))


def words_of(activity: Activity) -> str:
    """Return what a person typed, without the mention of the bot and without the markup of Teams."""
    text = activity.text or ""
    bot = {activity.recipient.name or "", *_names_of_bot(activity)} - {""}

    def named(found: re.Match[str]) -> str:
        name = html.unescape(found[1]).strip()
        return " " if name in bot or not bot else name

    text = _AT.sub(named, text)
    if _TAG.search(text):
        text = _TAG.sub(lambda found: "\n" if found[0].lower().startswith(("<br", "</p", "</div")) else "", text)
        text = html.unescape(text)
    return _SPACE.sub(" ", text).strip()


def command_of(text: str) -> str:
    """Return a message as the command that it is: in Teams a slash opens something else, so commands do without."""
    words = text.split(maxsplit=2)
    if len(words) > 1 and words[0].lower() == "postwise" and words[1].lower() in _COMMANDS_OF_POSTWISE:
        return f"/{text}"
    return text


def attachments_of(activity: Activity) -> tuple[str, ...]:
    """Return the names of what came along; Teams itself adds the message once more as HTML."""
    return tuple(
        (each.name or "a picture" if (each.content_type or "").startswith("image/") else each.name or "a file")
        for each in activity.attachments or ()
        if (each.content_type or "") != "text/html" and not (each.content_type or "").endswith("card.adaptive")
    )[:20]


def _names_of_bot(activity: Activity) -> set[str]:
    """Return by what names the bot was mentioned."""
    names = set()
    for each in activity.entities if isinstance(activity.entities, list) else ():
        if not isinstance(each, dict) or each.get("type") != "mention":
            continue
        mentioned = each.get("mentioned")
        if isinstance(mentioned, dict) and mentioned.get("id") == activity.recipient.id:
            names |= {str(mentioned.get("name") or "")}
            names |= {html.unescape(found).strip() for found in _AT.findall(str(each.get("text") or "")[:500])}
    return names


def _texts(pressed: Pressed) -> dict[str, str]:
    """Return what was typed beside a button; a prompt has one field, named like its verb."""
    return {"text" if name == pressed.verb else name: text for name, text in list(pressed.fields.items())[:10]}
