"""What a person reads when something cannot be done: what happened, that nothing was lost, what to do next."""

from handlers.replies import Paragraph, Reply
from knowledge.district import DistrictNotFoundError, DistrictNotValidError, NoGuidelineInForceError
from knowledge.errors import PostwiseError
from knowledge.guidelines import GuidelineNotReadableError, GuidelineVersionNotFoundError, NotReadable
from knowledge.questions import QuestionNotFoundError

_NOT_READABLE = {
    NotReadable.MISSING: "There is no such file. Check the name and try again.",
    NotReadable.EMPTY: "The file is empty. Choose the file that holds the guidelines.",
    NotReadable.ENCRYPTED: "The file is locked with a password. Save a copy without one and import that.",
    NotReadable.DAMAGED: "The file is damaged or cut off. Download or save it again and import that.",
    NotReadable.SCANNED: "The file holds pictures of pages and no text. Import the original document, or a copy with recognised text.",
    NotReadable.TOO_LARGE: "The file is too large for a guideline. Import the guideline alone, without pictures and appendices.",
    NotReadable.UNKNOWN_FORMAT: "This kind of file cannot be read. Use .txt, .md, .html, .docx or .pdf.",
    NotReadable.NO_CLAUSES: "No rule could be found in the file. Check that it is the guideline, with headings and bullets or paragraphs.",
}


def sentence(error: PostwiseError) -> str:  # noqa: PLR0911 - one return for each error
    """Say an error to a person in one or two sentences.

    Parameters
    ----------
    error
        Any error that `knowledge` raises on purpose.
    """
    match error:
        case GuidelineNotReadableError():
            return f"{_NOT_READABLE[error.reason]} Nothing was stored."
        case GuidelineVersionNotFoundError():
            return (
                f"There is no version {error.version} of the guidelines of '{error.district_id}'. Nothing was changed."
            )
        case DistrictNotFoundError():
            known = f" Known are: {', '.join(error.known)}." if error.known else ""
            return f"There is no district called '{error.district_id}'.{known} Nothing was stored."
        case NoGuidelineInForceError():
            return (
                f"District '{error.district_id}' has published no guidelines yet, so there is nothing to answer from. "
                "Whoever runs Postwise can publish them with 'postwise guidelines publish'."
            )
        case DistrictNotValidError():
            problems = "; ".join(f"{place}: {problem}" for place, problem in error.problems)
            return f"The settings of district '{error.district_id}' cannot be used. {problems}. Nothing was stored."
        case QuestionNotFoundError():
            return "That question is no longer kept, so this button does nothing any more. Please ask it again."
        case _:
            return "Something went wrong on our side. Nothing was lost; please try again in a minute."


def stale_button() -> Reply:
    """Answer a button that no reply of this version carries."""
    return Reply(
        parts=(
            Paragraph(text="This button does nothing any more. Nothing was lost; please ask again.", is_headline=True),
        )
    )


def told(error: PostwiseError) -> Reply:
    """Answer a person whose action could not be done."""
    return Reply(parts=(Paragraph(text=sentence(error), is_headline=True),))


def broken(reference: str) -> Reply:
    """Answer when we ourselves failed; the reference finds the log line."""
    return Reply(
        parts=(
            Paragraph(text="Something went wrong on our side, and your message was not answered.", is_headline=True),
            Paragraph(text=f"Please send it again. If it fails again, tell your IT person the reference {reference}."),
        )
    )
