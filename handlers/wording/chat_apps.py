"""The few sentences that chat apps need and the page does not."""

from collections.abc import Mapping
from types import MappingProxyType

from handlers.replies import Choices, Form, Paragraph, Reply, TextPrompt, Thread

EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "May I post photos of students?": "May I post photos of students?",
        "Check a post before it goes out": "Can I post this? Proud of our science fair winners!",
        "How many administrators does our page need?": "How many administrators does our page need?",
        "Start an account for our club": "How do I start an account for our club?",
    }
)
"""Suggested prompts, by what is shown of them: at most four.

Source: https://docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts
"""

LINE_SUBMIT = "Send"
LONGEST_LINE = 500


def answered_in_direct_message() -> Reply:
    """Say where the answer to a command is."""
    return _line("The answer is in your direct messages with Postwise.")


def no_district() -> Reply:
    """Say that nobody has tied the workspace to a district."""
    return Reply(
        parts=(
            Paragraph(text="This workspace is not connected with a school district yet.", is_headline=True),
            Paragraph(
                text="Nothing was filed or kept. Whoever runs Postwise connects it with 'postwise slack tie'; "
                "after that, please try again."
            ),
        )
    )


def person_not_known() -> Reply:
    """Say that Slack did not answer who somebody is."""
    return Reply(
        parts=(
            Paragraph(text="Slack does not say just now who you are, so nothing was filed.", is_headline=True),
            Paragraph(text="Nothing is lost. Please try again in a minute."),
        )
    )


def without_buttons(reply: Reply) -> Reply:
    """Return a reply as it is read in a place where nothing can be pressed."""
    return Reply(
        parts=tuple(part for part in reply.parts if not isinstance(part, Choices | TextPrompt | Form | Thread))
        or (Paragraph(text="Done.", is_headline=True),)
    )


def _line(text: str) -> Reply:
    return Reply(parts=(Paragraph(text=text, is_headline=True),))
