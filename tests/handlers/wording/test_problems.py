"""Every error a person can meet has its own words."""

from handlers.wording.problems import sentence
from knowledge.district import DistrictNotFoundError, DistrictNotValidError, NoGuidelineInForceError
from knowledge.errors import PostwiseError
from knowledge.guidelines import GuidelineNotReadableError, GuidelineVersionNotFoundError, NotReadable
from knowledge.questions import QuestionNotFoundError

EXAMPLES: tuple[PostwiseError, ...] = (
    DistrictNotFoundError("redland", ("redlands", "hesperia")),
    DistrictNotValidError("newtown", (("colour", "there is no such setting"),)),
    NoGuidelineInForceError("newtown"),
    GuidelineVersionNotFoundError("redlands", 7),
    QuestionNotFoundError("7f3c"),
    *(GuidelineNotReadableError(reason) for reason in NotReadable),
)
NOT_MET_IN_CONVERSATION = {"BankLineError", "DatabaseNotCurrentError"}
"""Errors of those who train or run the product; `bot.commands.problems` says them."""


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
