"""What is said about one comment of somebody else's under a post."""

from handlers.replies import Bullets, Button, ButtonStyle, Choices, Paragraph, Part, Reply
from handlers.wording import answers
from knowledge.checking.comments import CommentFinding
from knowledge.district import District


def on_comment(found: CommentFinding, *, district: District, document: str, question_id: str) -> Reply:
    """Tell under which category of removable content a comment falls, or that none covers it, and what to do."""
    parts: list[Part] = []
    quotes = [answers.quote(match.clause, document) for match in found.matches]
    if found.is_removable:
        parts.append(
            Paragraph(text="It looks like a comment that may be removed. This is the category:", is_headline=True)
        )
        parts += quotes[:1]
        parts += [Paragraph(text="What we suggest, one after the other:"), Bullets(items=_steps(district)), *quotes[1:]]
    else:
        parts.append(
            Paragraph(
                text=f"I see no category that covers it: leave it, or ask the {district.specialist.title}.",
                is_headline=True,
            )
        )
        parts += quotes
        parts.append(Paragraph(text="If there is more to it, tell me the comment's own words."))
    parts.append(
        Choices(
            buttons=(
                Button(label="Ask the specialist", verb="refer", value=question_id, style=ButtonStyle.PRIMARY),
                Button(label="That helped", verb="helpful", value=question_id),
                Button(label="That is wrong", verb="unhelpful", value=question_id),
            )
        )
    )
    return Reply(parts=tuple(parts))


def _steps(district: District) -> tuple[str, ...]:
    return (
        "Save a screenshot of the comment and of the post it stands under.",
        "Report it with the platform's own function where it is abusive.",
        "Hide it; hiding can be undone, deleting cannot.",
        f"Tell the {district.specialist.title} where it threatens or names somebody, or where more of it comes.",
    )
