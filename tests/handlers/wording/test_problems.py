"""Every error a person can meet has its own words."""

from datetime import UTC, datetime

from handlers.wording.problems import sentence
from knowledge.cases import (
    Case,
    CaseAlreadyClaimedError,
    CaseChangedError,
    CaseKind,
    CaseNotFoundError,
    CaseState,
    NotOfThisCaseError,
    NotTheClaimerError,
)
from knowledge.district import DistrictNotFoundError, DistrictNotValidError, NoGuidelineInForceError
from knowledge.errors import PostwiseError
from knowledge.filings import (
    Details,
    Filing,
    FilingAlreadyDecidedError,
    FilingChangedError,
    FilingForce,
    FilingInEffectError,
    FilingKind,
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
from knowledge.handles import AddressNotValidError, AddressProblem
from knowledge.people import Person
from knowledge.precedents import PrecedentNotFoundError
from knowledge.questions import QuestionNotFoundError
from knowledge.registry import (
    Account,
    AccountAlreadyRegisteredError,
    AccountNotFoundError,
    AccountStatus,
    AlreadyAcceptedError,
    NotAnAdministratorError,
    NotAskedError,
)
from knowledge.workspaces import Tie, WorkspaceTakenError

TESS = Person(platform="local", id="teacher", name="Tess Teacher")
FILING = Filing(
    district_id="redlands",
    number=12,
    kind=FilingKind.NEW_ACCOUNT,
    state=FilingState.APPROVED,
    revision=2,
    filed_at=datetime(2026, 11, 23, tzinfo=UTC),
    filer=TESS,
    details=Details(),
    account_number=1,
    force=FilingForce.APPROVAL,
    clause_id="",
    guideline_version=1,
)
ACCOUNT = Account(
    district_id="redlands",
    number=1,
    platform="instagram",
    handle="@rhsband",
    address_key="instagram/rhsband",
    organization="RHS Band",
    status=AccountStatus.LIVE,
    guideline_version=1,
    created_at=datetime(2026, 11, 23, tzinfo=UTC),
    changed_at=datetime(2026, 11, 23, tzinfo=UTC),
    confirmed_at=None,
)
CASE = Case(
    district_id="redlands",
    number=12,
    kind=CaseKind.CONTROVERSY,
    state=CaseState.CLAIMED,
    revision=2,
    opened_at=datetime(2026, 11, 23, tzinfo=UTC),
    opener=TESS,
    summary="212 comments and climbing",
    guideline_version=1,
    active_at=datetime(2026, 11, 23, tzinfo=UTC),
)
EXAMPLES: tuple[PostwiseError, ...] = (
    DistrictNotFoundError("redland", ("redlands", "hesperia")),
    DistrictNotValidError("newtown", (("colour", "there is no such setting"),)),
    NoGuidelineInForceError("newtown"),
    GuidelineVersionNotFoundError("redlands", 7),
    QuestionNotFoundError("7f3c"),
    FilingNotFoundError(12),
    FilingAlreadyDecidedError(FILING),
    FilingChangedError(FILING),
    FilingInEffectError(FILING),
    OwnFilingError(FILING),
    NotTheDeciderError(FILING, Office.SPECIALIST),
    NotTheFilerError(FILING),
    NotASpecialistError(),
    NotStaffError(),
    AccountNotFoundError("@rhsband"),
    AccountAlreadyRegisteredError(ACCOUNT),
    NotAnAdministratorError(ACCOUNT),
    NotAskedError(ACCOUNT),
    AlreadyAcceptedError(ACCOUNT),
    AddressNotValidError(AddressProblem.SHORTENED),
    CaseNotFoundError(12),
    CaseAlreadyClaimedError(CASE),
    CaseChangedError(CASE),
    NotTheClaimerError(CASE),
    NotOfThisCaseError(CASE),
    PrecedentNotFoundError(3),
    *(GuidelineNotReadableError(reason) for reason in NotReadable),
    WorkspaceTakenError(
        Tie(team_id="T0", district_id="redlands", channel="C0", tied_at=datetime(2026, 11, 23, tzinfo=UTC))
    ),
)
NOT_MET_IN_CONVERSATION = {"BankLineError", "DatabaseNotCurrentError", "LeaseLostError", "TransactionConflictError"}
"""Errors of those who train or run the product, which `bot.commands.problems` says, and of the delivery among itself."""


def test_every_error_of_the_knowledge_has_its_own_sentence() -> None:
    """Nobody reads "something went wrong" where we know what did."""
    unknown = sentence(PostwiseError())

    known = {type(example).__name__ for example in EXAMPLES} | NOT_MET_IN_CONVERSATION
    of_knowledge = {
        error.__name__ for error in PostwiseError.__subclasses__() if error.__module__.startswith("knowledge")
    }
    assert of_knowledge <= known
    said = [sentence(example) for example in EXAMPLES]
    assert unknown not in said
    assert len(set(said)) == len(said)
