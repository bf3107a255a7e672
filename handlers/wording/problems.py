"""What a person reads when something cannot be done: what happened, that nothing was lost, what to do next."""

from handlers.replies import Paragraph, Reply
from handlers.wording.names import account_name, person_name
from knowledge.cases import (
    CaseAlreadyClaimedError,
    CaseChangedError,
    CaseNotFoundError,
    NotOfThisCaseError,
    NotTheClaimerError,
)
from knowledge.district import District, DistrictNotFoundError, DistrictNotValidError, NoGuidelineInForceError
from knowledge.errors import PostwiseError
from knowledge.filings import (
    FilingAlreadyDecidedError,
    FilingChangedError,
    FilingInEffectError,
    FilingNotFoundError,
    FilingState,
    NotASpecialistError,
    NotStaffError,
    NotTheDeciderError,
    NotTheFilerError,
    Office,
    OwnFilingError,
)
from knowledge.guidelines import GuidelineNotReadableError, GuidelineVersionNotFoundError, NotReadable
from knowledge.handles import AddressNotValidError
from knowledge.precedents import PrecedentNotFoundError
from knowledge.questions import QuestionNotFoundError
from knowledge.registry import (
    AccountAlreadyRegisteredError,
    AccountNotFoundError,
    AlreadyAcceptedError,
    NotAnAdministratorError,
    NotAskedError,
)
from knowledge.workspaces import WorkspaceTakenError

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


_STATES = {
    FilingState.WAITING: "waiting",
    FilingState.ASKED: "back with its filer",
    FilingState.APPROVED: "approved",
    FilingState.DENIED: "denied",
    FilingState.ACKNOWLEDGED: "seen",
    FilingState.RECORDED: "recorded",
    FilingState.WITHDRAWN: "withdrawn",
}
_OFFICES = {
    Office.SPECIALIST: "the specialist or a deputy",
    Office.SUPERVISOR: "the supervisor",
    Office.INFORMATION_TECHNOLOGY: "the Information Technology Department",
    Office.ADMIN_SERVICES: "the district's admin services office",
    Office.PRINCIPAL: "the principal or designee whom it names",
}


def sentence(error: PostwiseError) -> str:  # noqa: C901, PLR0911, PLR0912 - one return for each error
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
        case FilingNotFoundError():
            return "There is no such filing here. Nothing was changed. Write 'my filings' to see yours."
        case FilingAlreadyDecidedError():
            by = person_name(error.filing.decided_by) if error.filing.decided_by else "somebody"
            return f"{error.filing.name} is {_STATES[error.filing.state]} already, by {by}. Your press changed nothing."
        case FilingChangedError():
            return f"{error.filing.name} was changed since this card was drawn. Nothing was decided; please look at its newest card."
        case OwnFilingError():
            return f"You filed {error.filing.name} yourself, so somebody else has to decide it. Nothing was changed."
        case NotTheDeciderError():
            return f"{error.filing.name} is decided by {_OFFICES[error.office]}. Nothing was changed."
        case NotTheFilerError():
            return f"Only whoever filed {error.filing.name} can change or withdraw it. Nothing was changed."
        case FilingInEffectError():
            return f"{error.filing.name} needed no approval and is done, so it cannot be withdrawn. File the change back, and it is recorded."
        case NotASpecialistError():
            return "Only the district's specialist or a deputy can do this. Nothing was changed."
        case NotStaffError():
            return "Only the district's own staff can file or look things up here. Nothing was filed. Ask the person who invited you."
        case WorkspaceTakenError():
            return (
                f"The specialist channel of {error.tie.district_id} is in workspace {error.tie.team_id} already. "
                "Nothing was changed; untie that one, or leave the channel out."
            )
        case AccountNotFoundError():
            return "The registry has no such account. Nothing was changed. Check the handle, or register it with /newaccount register."
        case AccountAlreadyRegisteredError():
            return (
                f"That address belongs to {account_name(error.account)} in the registry already. Nothing was changed."
            )
        case NotAnAdministratorError():
            return (
                f"You are not an administrator of {account_name(error.account)} in the registry, so nothing was filed. "
                "Ask one of them, or the specialist. Write 'who runs it' with its handle to see who they are."
            )
        case AlreadyAcceptedError():
            return f"You said yes to {account_name(error.account)} already. Nothing was changed."
        case NotAskedError():
            return f"Nobody waits for your answer about {account_name(error.account)} any more. Nothing was changed."
        case AddressNotValidError():
            return "That is no handle or address of an account. Nothing was changed. Copy it from your browser."
        case CaseNotFoundError():
            return "There is no such case here. Nothing was changed. Write '/postwise cases' to see yours."
        case CaseAlreadyClaimedError():
            by = person_name(error.case.claimed_by) if error.case.claimed_by else "somebody else"
            return (
                f"{by} has {error.case.name} already. Your press changed nothing. Take it over on its card if you must."
            )
        case CaseChangedError():
            return f"{error.case.name} is no longer as this card shows. Nothing was changed; please look at its newest card."
        case NotTheClaimerError():
            return (
                f"Only whoever has {error.case.name} can do this. Nothing was changed. Claim it, or take it over first."
            )
        case NotOfThisCaseError():
            return f"{error.case.name} was opened by somebody else. Nothing was sent. Write /escalate to open your own."
        case PrecedentNotFoundError():
            return "There is no such precedent here. Nothing was changed. Write '/postwise precedents' to see them."
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


def with_emergency(reply: Reply, district: District) -> Reply:
    """Put the district's emergency wording before whatever else is said."""
    return Reply(parts=(Paragraph(text=district.emergency_wording, is_headline=True), *reply.parts))


def thread_of_nothing() -> Reply:
    """Answer what was written under a message that is no card of ours."""
    return Reply(
        parts=(Paragraph(text="That was sent to nobody: this message has no talk of its own.", is_headline=True),)
    )


def for_strangers() -> Reply:
    """Answer guests of the workspace and people of other organizations: politely, and with nothing of the district."""
    return Reply(
        parts=(
            Paragraph(
                text="Only the district's own staff can use Postwise, and you are here as a guest.", is_headline=True
            ),
            Paragraph(
                text="Nothing was filed, and nothing of what you wrote was kept. Please ask the person who invited you. "
                "If anyone is in danger now, call 911."
            ),
        )
    )


def broken(reference: str) -> Reply:
    """Answer when we ourselves failed; the reference finds the log line."""
    return Reply(
        parts=(
            Paragraph(text="Something went wrong on our side, and your message was not answered.", is_headline=True),
            Paragraph(text=f"Please send it again. If it fails again, tell your IT person the reference {reference}."),
        )
    )
