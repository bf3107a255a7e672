"""The few sentences of this platform's own: where something was put, and what to do where it could not be."""

from handlers.replies import Paragraph, Reply

RECEIVED = "Received."
SENT = "Sent."
IN_OWN_CHAT = "It is in your own chat with Postwise."
TRY_AGAIN = "Something went wrong on our side and nothing was changed. Please press again in a minute."

NOT_KNOWN = "Postwise does not know this window, and nothing was changed. Write help, and you see what it can do."


def in_own_chat() -> Reply:
    """Say in a channel where a person finds what is for them alone."""
    return _said("What you asked for is in your own chat with Postwise.")


def no_own_chat() -> Reply:
    """Say that a person cannot be written to alone, and what to do."""
    return _said(
        "I cannot write to you alone yet, so I could not show it. Nothing was lost.",
        "In Teams, open Apps, add Postwise, and do this again, here or in the chat with it.",
    )


def put_away() -> Reply:
    """Stand in the place of a form that was put away."""
    return _said("Put away. Nothing was filed.")


def _said(*sentences: str) -> Reply:
    return Reply(parts=tuple(Paragraph(text=each) for each in sentences))
