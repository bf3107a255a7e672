"""A reply as plain text: for the command line, and for whoever reads without buttons."""

from handlers.replies import (
    Bullets,
    Choices,
    ClauseQuote,
    CopyText,
    FileText,
    Form,
    MarkedText,
    Mentions,
    Paragraph,
    Part,
    Reply,
    Ruling,
    TextPrompt,
    Thread,
)


def plain(reply: Reply) -> str:
    """Write a reply as plain text: each clause on a line of its own, to the letter, and buttons by their labels."""
    return "\n\n".join(map(_block, reply.parts))


def _block(part: Part) -> str:  # noqa: C901, PLR0911 - one return for each kind of part
    match part:
        case Paragraph():
            return part.text
        case ClauseQuote():
            lead_in = [f"  | {part.lead_in}"] if part.lead_in else []
            where = f"  -- {part.section}. {part.document}"
            return "\n".join([*lead_in, f"  | {part.text}", where])
        case Ruling():
            head = f"Ruling of the {part.by}, {part.on} ({part.name}), on: {part.question}"
            return f"{head}\n  > " + part.text.replace("\n", "\n  > ")
        case Mentions():
            return " ".join(f"@{person.name}" for person in part.people)
        case Thread():
            return f"[{part.hint}]"
        case Bullets():
            return "\n".join(f"- {item}" for item in part.items)
        case Choices():
            buttons = " ".join(f"[{button.label}]" for button in part.buttons)
            return f"{part.prompt} {buttons}".strip()
        case MarkedText():
            pieces = (f"{span.text} (<- {span.note})" if span.note else span.text for span in part.spans)
            return f"{part.label}:\n> " + "".join(pieces).replace("\n", "\n> ")
        case CopyText():
            return f"{part.label}:\n> " + part.text.replace("\n", "\n> ")
        case FileText():
            return f"{part.name}:\n{part.text}"
        case TextPrompt():
            return f"[{part.label}]"
        case Form():
            return f"[{part.opened_by.label}]"
