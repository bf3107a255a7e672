"""A reply as an activity of Bot Framework: its card, and for answers the label, the citations and the thumbs of Teams itself.

Source: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bot-messages-ai-generated-content
"""

import re
from typing import Any, ClassVar

from botbuilder.schema import Activity, Attachment, Entity

from bot.teams.limits import MAX_CITATION_ABSTRACT, MAX_CITATION_NAME
from bot.teams.render import cards_of, summary_of
from handlers.replies import Choices, ClauseQuote, Paragraph, Reply

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
"""Content type of an Adaptive Card."""

_MARKUP = re.compile(r"([\\*_~`\[\]#|>])")


class AnswerEntity(Entity):  # type: ignore[misc]  # the library has no types
    """What Teams reads as "AI generated", with citations. The library's own entity drops every field that it does not know."""

    _attribute_map: ClassVar[dict[str, dict[str, str]]] = {
        "type": {"key": "type", "type": "str"},
        "at_type": {"key": "@type", "type": "str"},
        "at_context": {"key": "@context", "type": "str"},
        "at_id": {"key": "@id", "type": "str"},
        "additional_type": {"key": "additionalType", "type": "[str]"},
        "citation": {"key": "citation", "type": "[object]"},
    }

    def __init__(self, *, citation: list[dict[str, Any]]) -> None:
        super().__init__(type="https://schema.org/Message")
        self.at_type = "Message"
        self.at_context = "https://schema.org"
        self.at_id = ""
        self.additional_type = ["AIGeneratedContent"]
        self.citation = citation


def activities_of(reply: Reply, *, key: str, can_put_away: bool = False, is_personal: bool = False) -> list[Activity]:
    """Return the messages of a reply, nearly always one.

    Parameters
    ----------
    key
        Of this drawing; see `bot.teams.render.cards_of`, and there for what else is said of it.
    """
    quotes = [part for part in reply.parts if isinstance(part, ClauseQuote)]
    is_answer = bool(question_of(reply)) and bool(quotes) and isinstance(reply.parts[0], Paragraph)
    cards = cards_of(reply, key=key, can_put_away=can_put_away, without_first=is_answer, is_personal=is_personal)
    activities = [_message(card, summary_of(reply)) for card in cards]
    first = activities[0]
    if is_answer:
        assert isinstance(reply.parts[0], Paragraph)
        marks = " ".join(f"[{number}]" for number in range(1, len(quotes) + 1))
        first.text = f"{_escaped(reply.parts[0].text)} {marks}"
        first.text_format = "markdown"
        first.entities = [AnswerEntity(citation=[_citation(quote, number) for number, quote in enumerate(quotes, 1)])]
        first.channel_data = {"feedbackLoop": {"type": "default"}}
        first.summary = None
    return activities


def question_of(reply: Reply) -> str:
    """Return which question a reply answers; empty where it is no answer that can be told to be good or bad."""
    return next(
        (
            button.value
            for part in reply.parts
            if isinstance(part, Choices)
            for button in part.buttons
            if button.verb == "helpful"
        ),
        "",
    )


def _message(card: dict[str, Any], summary: str) -> Activity:
    return Activity(
        type="message",
        summary=summary,
        attachments=[Attachment(content_type=CARD_TYPE, content=card)],
    )


def _citation(quote: ClauseQuote, number: int) -> dict[str, Any]:
    name = f"{quote.section.rpartition(' > ')[2] or quote.document}"
    words = f"{quote.lead_in} {quote.text}" if quote.lead_in else quote.text
    return {
        "@type": "Claim",
        "position": number,
        "appearance": {
            "@type": "DigitalDocument",
            "name": _cut(name, MAX_CITATION_NAME),
            "abstract": _cut(words, MAX_CITATION_ABSTRACT),
        },
    }


def _cut(text: str, most: int) -> str:
    """Cut what does not fit; the whole clause stands in the card."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def _escaped(text: str) -> str:
    """Write plain text so that Markdown shows it as it stands."""
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return _MARKUP.sub(r"\\\1", text)
