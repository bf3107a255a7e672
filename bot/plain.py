"""A reply as plain text: for the command line, and for whoever reads without buttons."""

from handlers.replies import Bullets, Choices, ClauseQuote, CopyText, MarkedText, Paragraph, Reply, TextPrompt


def plain(reply: Reply) -> str:
    """Write a reply as plain text: each clause on a line of its own, to the letter, and buttons by their labels."""
    blocks: list[str] = []
    for part in reply.parts:
        match part:
            case Paragraph():
                blocks.append(part.text)
            case ClauseQuote():
                lead_in = [f"  | {part.lead_in}"] if part.lead_in else []
                where = f"  -- {part.section}. {part.document}"
                blocks.append("\n".join([*lead_in, f"  | {part.text}", where]))
            case Bullets():
                blocks.append("\n".join(f"- {item}" for item in part.items))
            case Choices():
                buttons = " ".join(f"[{button.label}]" for button in part.buttons)
                blocks.append(f"{part.prompt} {buttons}".strip())
            case MarkedText():
                pieces = (f"{span.text} (<- {span.note})" if span.note else span.text for span in part.spans)
                blocks.append(f"{part.label}:\n> " + "".join(pieces).replace("\n", "\n> "))
            case CopyText():
                blocks.append(f"{part.label}:\n> " + part.text.replace("\n", "\n> "))
            case TextPrompt():
                blocks.append(f"[{part.label}]")
    return "\n\n".join(blocks)
