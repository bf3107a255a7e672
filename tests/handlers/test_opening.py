"""Plain words and odd commands find the right form, and questions stay questions."""

import pytest

from handlers.accounts import may_ask_registry
from handlers.opening import kind_wanted, prefilled
from handlers.replies import Form
from knowledge.filings import FilingKind
from tests.support.desk import Desk, form_of, text
from tests.support.product import Talk

K = FilingKind


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("we need an instagram for cheer", K.NEW_ACCOUNT),
        ("can we get a facebook page for our PTA?", K.NEW_ACCOUNT),
        ("request: facebook page for yearbook", K.NEW_ACCOUNT),
        ("we already have a facebook", K.REGISTER),
        ("we made an instagram last year and never told anyone @rhsyearbook", K.REGISTER),
        ("add ms ortiz as second admin on @rhsband", K.ADD_ADMINISTRATOR),
        ("ms ortiz is the new admin for band insta", K.ADD_ADMINISTRATOR),
        ("we have a new coach can you put her on the cheer twitter", K.ADD_ADMINISTRATOR),
        ("take me off the band page", K.REMOVE_ADMINISTRATOR),
        ("mr lee isn't here anymore remove him from the drama fb", K.REMOVE_ADMINISTRATOR),
        ("i dont want to be on the band page anymore", K.REMOVE_ADMINISTRATOR),
        ("can you rename our page", K.RENAME),
        ("change our handle from @rhsband to @rhsmusic", K.RENAME),
        ("delete our old twitter", K.CLOSE),
        ("shut down @cvcheer", K.CLOSE),
        ("im leaving in june who gets our twitter", K.HAND_OVER),
        ("transfer @rhsband to mr nguyen", K.HAND_OVER),
        ("hand @rhsband over to pete principal", K.HAND_OVER),
        ("use the hawk mascot on our banner", K.LOGO),
    ],
)
def test_plain_words_name_their_form(said: str, kind: FilingKind) -> None:
    """As staff say it, in a hurry."""
    assert kind_wanted(said, "") is kind


@pytest.mark.parametrize(
    "said", ["add photos to our band page", "make a post on our new facebook page", "new video for our instagram"]
)
def test_words_about_posts_open_no_form(said: str) -> None:
    """A post is no account."""
    assert kind_wanted(said, "") is None


@pytest.mark.parametrize(
    ("kind", "said", "values"),
    [
        (K.NEW_ACCOUNT, "robotics club on insta", {"organization": "robotics club", "platform": "instagram"}),
        (K.NEW_ACCOUNT, "Chess Club on X", {"organization": "Chess Club", "platform": "twitter"}),
        (K.NEW_ACCOUNT, "RHS A.S.B.", {"organization": "RHS A.S.B."}),
        (K.REGISTER, "@rhsband on instagram", {"handle": "@rhsband", "platform": "instagram"}),
        (K.CLOSE, "@rhsband", {"account": "@rhsband"}),
        (K.HAND_OVER, "over", {}),
        (K.ADD_ADMINISTRATOR, "help me", {}),
        (K.RENAME, "@rhsband @rhsmusic", {"account": "@rhsband", "handle": "@rhsmusic"}),
        (K.RENAME, "band to RHS Music", {"account": "band", "organization": "RHS Music"}),
        (K.ADD_ADMINISTRATOR, "[student's name], [e-mail address] to the band", {"account": "band"}),
    ],
)
def test_command_fills_in_what_it_says(kind: FilingKind, said: str, values: dict[str, str]) -> None:
    """And nothing that it does not say."""
    assert prefilled(kind, said) == values


def test_sentence_fills_in_whom_it_is_for() -> None:
    """Only what is said to be the name is one."""
    values = prefilled(K.NEW_ACCOUNT, "create a new account for the robotics club on instagram", is_command=False)

    assert values == {"organization": "robotics club", "platform": "instagram"}


@pytest.mark.parametrize(
    "said",
    [
        "is it approved to post on @rhsband tonight?",
        "are we allowed to use real names on @rhsband",
        "what accounts are approved for me to use?",
        "which pages can I share on my personal page?",
        "who can run the band instagram?",
        "who should be admin of the cheer twitter when coach leaves?",
        "who approves new accounts?",
        "are students allowed to run our account?",
        "which accounts need two admins?",
        "is it ok if my page is not official?",
    ],
)
def test_questions_of_rule_are_not_taken_for_questions_to_the_registry(said: str) -> None:
    """They get their clause."""
    assert not may_ask_registry(said)


@pytest.mark.parametrize(
    "said",
    [
        "who runs @rhsband?",
        "who is in charge of @rhsband",
        "is this us: instagram.com/rhs_band",
        "is @cvcheer still active?",
        "whose page is facebook.com/RHSBand",
        "which accounts am I on?",
        "my filings",
        "what happened to my request R-1?",
        "is my account approved yet?",
        "is @rhsband a real account?",
    ],
)
def test_questions_to_the_registry_are_heard(said: str) -> None:
    """In the words staff use."""
    assert may_ask_registry(said)


async def test_commands_without_slash_or_mistyped_open_the_form(staff: Talk) -> None:
    """Teams has no slash commands, and thumbs slip."""
    desk = await Desk.open(staff)

    for typed in ("newaccount", "/newacount chess club", "addadmin @x", "/NEWACCOUNT Chess Club on X"):
        assert isinstance(form_of(await desk.says("teacher", typed)), Form)


async def test_clause_about_a_filing_offers_its_form(staff: Talk) -> None:
    """The answer stays the clause; the button beneath saves looking for the command."""
    desk = await Desk.open(staff)

    said = text(await desk.says("teacher", "how do i add another administrator to our page?"))

    assert "add additional administrators" in said
    assert "<Add an administrator>" in said


async def test_saying_that_it_is_live_asks_for_the_address(staff: Talk) -> None:
    """Nobody is sent to the specialist for good news."""
    desk = await Desk.open(staff)
    await desk.files_robotics()
    await desk.presses("specialist", "Approve")

    form = form_of(await desk.says("teacher", "our instagram is live now @lincolnrobotics"))

    assert form.verb == "send-address"
    assert form.fields[0].value == "@lincolnrobotics"
