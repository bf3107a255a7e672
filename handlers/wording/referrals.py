"""Handing a question on to the specialist, and what is said of an answer."""

from handlers.replies import (
    Bullets,
    Button,
    ButtonStyle,
    Choices,
    ClauseQuote,
    CopyText,
    Paragraph,
    Part,
    Reply,
    TextPrompt,
)
from handlers.wording.matters import question_and_answer
from knowledge.district import District
from knowledge.questions import QuestionRecord, Referral


def referred(referral: Referral, *, district: District, is_new: bool, contact: ClauseQuote | None) -> Reply:
    """Tell the asker that the question is with the specialist."""
    number = f"Q-{referral.number}"
    if is_new:
        first = f"Your question is in the {district.specialist.title}'s channel as {number}."
    else:
        first = f"Your question was handed on already: it is {number}."
    parts: list[Part] = [
        Paragraph(text=first, is_headline=True),
        Paragraph(text="It is kept even if this chat closes. For anything urgent, reach the specialist directly."),
    ]
    if contact is not None:
        parts.append(contact)
    elif district.specialist.contact:
        parts.append(Paragraph(text=f"By the district's own settings: {district.specialist.contact}"))
    return Reply(parts=tuple(parts))


def new_referral(referral: Referral, question: QuestionRecord, *, quotes: tuple[ClauseQuote, ...]) -> Reply:
    """Show the specialist a question that was handed on, with what the asker was shown."""
    parts: list[Part] = [
        Paragraph(text=f"Q-{referral.number}: a member of staff asks", is_headline=True),
        Paragraph(text=question.masked_text),
        *_post(question),
    ]
    if quotes:
        parts.append(Paragraph(text="They were shown:"))
        parts += quotes
    else:
        parts.append(Paragraph(text="I found no clause that answers it."))
    return Reply(parts=tuple(parts))


def _post(question: QuestionRecord) -> list[Part]:
    """Show the post that was checked, where the message alone does not hold it, and what its writer said of it."""
    kept = question.post
    if not kept or not kept["text"]:
        return []
    parts: list[Part] = []
    if kept["text"] not in question.masked_text:
        parts.append(CopyText(label="The post they ask about", text=kept["text"]))
    told = [kept["attachment"]] if kept["attachment"] and kept["attachment"] not in question.masked_text else []
    told += [question_and_answer(fact, answer) for fact, answer in kept["said"].items()]
    if told:
        parts.append(Bullets(items=tuple(told)))
    return parts


def contact(quote: ClauseQuote | None, *, district: District) -> Reply:
    """Tell how to reach the specialist, only as the document or the district's settings print it."""
    if quote is not None:
        return Reply(parts=(Paragraph(text="The guidelines give this contact:", is_headline=True), quote))
    if district.specialist.contact:
        return Reply(
            parts=(Paragraph(text=f"By the district's own settings: {district.specialist.contact}", is_headline=True),)
        )
    return Reply(
        parts=(
            Paragraph(
                text=f"{district.possessive} guidelines print no contact, and the district has set none.",
                is_headline=True,
            ),
            Paragraph(text="Press Ask the specialist under an answer, and the question goes to the channel."),
        )
    )


def glad() -> Reply:
    """Thank for a good word."""
    return Reply(parts=(Paragraph(text="Good to know, thank you."),))


def why_not(question_id: str) -> Reply:
    """Ask what was missing, and offer the specialist."""
    return Reply(
        parts=(
            Paragraph(text="Sorry about that. What was missing?", is_headline=True),
            TextPrompt(
                label="What was missing? Leave names out.",
                verb="reason",
                value=question_id,
                max_characters=500,
                submit_label="Send",
            ),
            Choices(
                buttons=(
                    Button(label="Wrong rule", verb="reason-wrong", value=question_id),
                    Button(label="Right rule, still unclear", verb="reason-unclear", value=question_id),
                    Button(label="Ask the specialist", verb="refer", value=question_id, style=ButtonStyle.PRIMARY),
                )
            ),
        )
    )


def noted() -> Reply:
    """Thank for a reason."""
    return Reply(parts=(Paragraph(text="Thank you. It helps to make the next answer better."),))
