"""Every sentence around a quoted clause, and every sentence where none is quoted.

Nothing here states a rule: rules are quoted, whole and verbatim, with the lead-in they complete.
"""

from collections.abc import Sequence

from handlers.replies import Button, ButtonStyle, Choices, ClauseQuote, Paragraph, Part, Reply
from knowledge.district import District
from knowledge.guidelines import Clause
from knowledge.search.judging import Judgement, Urgency

_HELPED = "Did this answer your question?"


def quote(clause: Clause, document: str) -> ClauseQuote:
    """Quote a clause with its citation."""
    return ClauseQuote(
        clause_id=clause.id,
        section=" > ".join(clause.section_path),
        lead_in=clause.lead_in,
        text=clause.text,
        document=document,
    )


def answer(
    judgement: Judgement, *, district: District, document: str, question_id: str, was_cut: bool, misses_email: bool
) -> Reply:
    """Tell what the guidelines say, in their own words.

    Parameters
    ----------
    judgement
        What was found; it has clauses to show.
    question_id
        Under which the question is remembered; the buttons carry it.
    was_cut
        True where only the beginning of a very long message was read.
    misses_email
        True where an e-mail address was asked for and the clause prints none.
    """
    shown = judgement.matches[: judgement.shown]
    parts: list[Part] = []
    parts.append(Paragraph(text=_headline(district, len(shown)), is_headline=True))
    parts += [quote(match.clause, document) for match in shown]
    if misses_email:
        parts.append(Paragraph(text="The document prints no e-mail address here; this is how it gives the contact."))
    if judgement.is_unsure:
        parts.append(
            Paragraph(
                text=f"I am not sure that this is the clause you need. If it is not, ask the {district.specialist.title}."
            )
        )
    if judgement.read_with:
        parts.append(Paragraph(text=_READ_TOGETHER))
    if was_cut:
        parts.append(Paragraph(text=CUT))
    parts += _buttons(district, question_id)
    return Reply(parts=tuple(parts))


def silent(
    *, district: District, document: str, question_id: str, absent_reference: str | None, was_cut: bool
) -> Reply:
    """Tell that the guidelines do not answer, and offer the specialist.

    Parameters
    ----------
    absent_reference
        A document or example that was asked for and that the guidelines refer to without containing it.
    """
    if absent_reference:
        first = f"The guidelines refer to {absent_reference}, but it is not part of the document I have, so I cannot show it."
    else:
        first = f"The guidelines do not cover this. I found no clause in {document} that answers it, and I do not make up rules."
    parts: list[Part] = [
        Paragraph(text=first, is_headline=True),
        Paragraph(
            text=f"Press Ask the specialist, and your question goes to the {district.specialist.title}, personal data masked."
        ),
    ]
    if was_cut:
        parts.append(Paragraph(text=CUT))
    parts.append(
        Choices(
            buttons=(
                Button(label="Ask the specialist", verb="refer", value=question_id, style=ButtonStyle.PRIMARY),
                Button(label="That is wrong, it is covered", verb="unhelpful", value=question_id),
            )
        )
    )
    return Reply(parts=tuple(parts))


def not_about_guidelines(*, district: District, question_id: str) -> Reply:
    """Tell that the message is about something else than the social-media guidelines."""
    return Reply(
        parts=(
            Paragraph(
                text=f"The guidelines do not cover this: I know {district.possessive} social-media guidelines and nothing else.",
                is_headline=True,
            ),
            Paragraph(text="If it does have to do with social media, say it in other words, or ask the specialist."),
            Choices(buttons=(Button(label="Ask the specialist", verb="refer", value=question_id),)),
        )
    )


def live_situation(judgement: Judgement, *, district: District, document: str, question_id: str) -> Reply:
    """Answer someone who reports what is happening now: safety first, then whom to bring in."""
    parts: list[Part] = []
    if judgement.urgency is Urgency.SAFETY:
        parts.append(Paragraph(text=district.emergency_wording, is_headline=True))
        parts.append(
            Paragraph(
                text=f"Then let the {district.specialist.title} know: one press sends what you wrote, personal data masked."
            )
        )
    else:
        parts.append(
            Paragraph(
                text=f"This sounds like something that should not wait. Please do not answer it alone: bring in the {district.specialist.title} now.",
                is_headline=True,
            )
        )
    parts += [quote(match.clause, document) for match in judgement.matches[: judgement.shown]]
    if not district.specialist.named_in_guidelines:
        parts.append(Paragraph(text=who_is_the_specialist(district)))
    parts.append(
        Choices(
            buttons=(
                Button(label="Send it to the specialist", verb="refer", value=question_id, style=ButtonStyle.PRIMARY),
                Button(label="It is only a question", verb="unhelpful", value=question_id),
            )
        )
    )
    return Reply(parts=tuple(parts))


def account_action(
    judgement: Judgement, *, district: District, document: str, question_id: str, command: str | None
) -> Reply:
    """Point someone who wants an account action done to the command, with the clause on it."""
    parts: list[Part] = [
        Paragraph(
            text=f"That is an account action: {command} files it." if command else "That is an account action.",
            is_headline=True,
        ),
        Paragraph(text="Write the command in the chat with Postwise; so far nothing was filed."),
    ]
    shown = judgement.matches[: judgement.shown]
    if shown:
        parts.append(Paragraph(text="This is what the guidelines say about it:"))
        parts += [quote(match.clause, document) for match in shown]
    else:
        parts.append(Paragraph(text=f"{district.possessive} guidelines say nothing about this action."))
    if question_id:
        parts += _buttons(district, question_id)
    return Reply(parts=tuple(parts))


def needs_the_draft() -> Reply:
    """Ask for the post, where somebody only asked whether it may be posted."""
    return Reply(
        parts=(
            Paragraph(text="Gladly. Paste the text of the post, or describe it.", is_headline=True),
            Paragraph(
                text="Say which platform it is for, whether students are in it, and whether their releases are on file. "
                "I cannot look into pictures or files."
            ),
        )
    )


def not_looked_into(files: int) -> Paragraph:
    """Say that attached files are not looked into, and ask what is in them."""
    return Paragraph(
        text=f"I do not look into {'the file' if files == 1 else 'the files'} you attached. "
        "Tell me what is in it, who is in it, and whether their releases are on file."
    )


def with_attachment_not_read(reply: Reply, names: Sequence[str]) -> Reply:
    """Add to a reply that attached files are not looked into."""
    return Reply(parts=(*reply.parts, not_looked_into(len(names))))


def empty() -> Reply:
    """Answer a message without words."""
    return Reply(
        parts=(
            Paragraph(
                text="I see no question in that. Ask me in a few words, like: may I post a photo of my class?",
                is_headline=True,
            ),
        )
    )


def not_understood(*, district: District, question_id: str) -> Reply:
    """Answer text that is no English: another language, code, or noise."""
    return Reply(
        parts=(
            Paragraph(text="I could not read that. I understand questions in English only.", is_headline=True),
            Paragraph(text=district.emergency_wording),
            Paragraph(
                text="En una emergencia, llame al 911 o al 988. Por favor, escriba su pregunta en inglés, o pregunte al especialista con el botón."
            ),
            Choices(buttons=(Button(label="Ask the specialist", verb="refer", value=question_id),)),
        )
    )


CUT = "Your message is very long; I read its first 4,000 characters."
"""Said where a message is longer than what is read of it."""


_READ_TOGETHER = "I read this together with your question before it."


def with_read_together(reply: Reply) -> Reply:
    """Add to a reply that the message was read with the one before it."""
    return Reply(parts=(*reply.parts, Paragraph(text=_READ_TOGETHER)))


def _headline(district: District, shown: int) -> str:
    if shown == 1:
        return f"{district.possessive} guidelines say:"
    return f"{district.possessive} guidelines say, the closest clause first:"


def who_is_the_specialist(district: District) -> str:
    """Say that whoever receives it was named by the district and not by its guidelines."""
    return f"By {district.possessive} own settings, the {district.specialist.title} receives it."


def _buttons(district: District, question_id: str) -> list[Part]:
    buttons = [
        Button(label="Yes, it helped", verb="helpful", value=question_id),
        Button(label="No", verb="unhelpful", value=question_id),
        Button(label="Ask the specialist", verb="refer", value=question_id),
    ]
    if district.specialist.contact_clause or district.specialist.contact:
        buttons.append(Button(label="Contact", verb="contact", value=question_id))
    return [Choices(buttons=tuple(buttons), prompt=_HELPED)]
