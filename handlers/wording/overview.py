"""What somebody sees of their own, in one place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.replies import Button, ButtonStyle, Choices, Paragraph, Part, Reply
from handlers.wording import accounts, escalations
from handlers.wording import cases as case_wording
from handlers.wording.forms import other_forms
from knowledge.cases import Case
from knowledge.district import District
from knowledge.filings import Filing, FilingKind
from knowledge.registry import Account

_FILED_MOST = (
    FilingKind.NEW_ACCOUNT,
    FilingKind.REGISTER,
    FilingKind.ADD_ADMINISTRATOR,
    FilingKind.REMOVE_ADMINISTRATOR,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What belongs to one person."""

    accounts: Sequence[Account]
    filings: Sequence[Filing]
    cases: Sequence[Case]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWork:
    """What waits for the specialists."""

    filings: Sequence[Filing]
    cases: Sequence[Case]


def overview(own: Own, at_work: AtWork | None, *, district: District, now: datetime) -> Reply:
    """Draw the overview.

    Parameters
    ----------
    at_work
        None for whoever is no specialist.
    """
    parts: list[Part] = [
        Paragraph(text=f"{district.possessive} social-media guidelines, word for word", is_headline=True),
        Paragraph(text="Ask me in a message, or begin here:"),
        Choices(
            buttons=(
                *other_forms(_FILED_MOST, prompt="").buttons,
                Button(label="Escalate a post", verb="escalate-edit", style=ButtonStyle.DANGER),
            )
        ),
    ]
    if at_work is not None:
        parts += accounts.waiting_filings(at_work.filings, district=district).parts
        parts += case_wording.open_cases(at_work.cases, district=district, now=now).parts
    parts += accounts.mine(own.accounts, own.filings, district=district).parts
    parts += escalations.mine(own.cases, district=district, now=now).parts
    return Reply(parts=tuple(parts))
