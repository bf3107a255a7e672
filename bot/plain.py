"""A reply as plain text: for the command line, and for whoever reads without buttons."""

import textwrap

from handlers.replies import Bullets, Choices, ClauseQuote, Paragraph, Reply, TextPrompt


def plain(reply: Reply, *, width: int | None = None, with_buttons: bool = False) -> str:
    """Write a reply as plain text.

    Parameters
    ----------
    reply
        What to write.
    width
        Columns to fold at; None leaves every clause on a line of its own, to the letter.
    with_buttons
        True names the buttons, for a reader who cannot see them.
    """
    blocks: list[str] = []
    for part in reply.parts:
        match part:
            case Paragraph():
                blocks.append(_folded(part.text, width, ""))
            case ClauseQuote():
                lead_in = [_folded(part.lead_in, width, "  | ")] if part.lead_in else []
                where = f"  -- {part.section}. {part.document}"
                blocks.append("\n".join([*lead_in, _folded(part.text, width, "  | "), where]))
            case Bullets():
                blocks.append("\n".join(_folded(item, width, "- ") for item in part.items))
            case Choices():
                if with_buttons:
                    blocks.append(" ".join(f"[{button.label}]" for button in part.buttons))
            case TextPrompt():
                if with_buttons:
                    blocks.append(f"[{part.label}]")
    return "\n\n".join(blocks)


def _folded(text: str, width: int | None, mark: str) -> str:
    """Fold a text, each line behind its mark."""
    if width is None:
        return mark + text
    lines = textwrap.wrap(text, max(20, width - len(mark)), break_on_hyphens=False) or [""]
    if mark == "- ":
        return "\n".join((mark if place == 0 else "  ") + line for place, line in enumerate(lines))
    return "\n".join(mark + line for line in lines)
