"""What is said of an answer, and how the specialist is reached."""

from handlers.replies import Button, ButtonStyle, Choices, ClauseQuote, Paragraph, Reply, TextPrompt
from knowledge.district import District


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
