"""Every policy sentence shown is a whole clause of the asker's own district, with the lead-in it completes."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from bot.commands.ask import Asker
from bot.districts import Districts
from handlers.answer import compose
from handlers.context import IndexedShelf
from handlers.guide import account_rule
from handlers.replies import ClauseQuote
from handlers.wording import guide
from knowledge.checking.judging import PostChecker
from knowledge.checking.post import Post
from knowledge.clock import HeldClock
from knowledge.questions import QuestionRecord
from knowledge.search.finding import Search
from knowledge.search.judging import Urgency, Verdict
from knowledge.training.bank import read_wordings
from tests.support.verbatim import check

DISTRICTS = ("redlands", "hesperia")
MESSAGES = [wording.text for wording in read_wordings() if wording.is_held_out]
"""Messages of every kind and topic that the model was not trained on."""


@pytest.fixture(scope="module")
def shelves(search: Search, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, IndexedShelf]:
    clock = HeldClock(datetime(2026, 11, 23, tzinfo=UTC))
    districts = Districts(search=search, database=None, clock=clock, added=tmp_path_factory.mktemp("districts"))
    return {district_id: asyncio.run(districts.indexed(district_id)) for district_id in DISTRICTS}


def earlier(text: str) -> QuestionRecord:
    """The message before, as it is remembered."""
    return QuestionRecord(
        id="1",
        district_id="redlands",
        asked_at=datetime(2026, 11, 23, tzinfo=UTC),
        platform="local",
        conversation_key="1",
        event_key="1",
        masked_text=text,
        kind="question",
        verdict=None,
        abstained=False,
        cover=1.0,
        escalate=False,
        urgency=None,
        guideline_version=1,
        model="test",
        clauses=(),
    )


@pytest.mark.parametrize("district_id", DISTRICTS)
def test_every_answer_quotes_whole_clauses_of_the_own_district(
    district_id: str, search: Search, checker: PostChecker, shelves: Mapping[str, IndexedShelf]
) -> None:
    """Whatever is asked, in whatever way, only the own district's clauses are shown, whole and with their lead-in."""
    shelf = shelves[district_id]
    others = [other for other_id, other in shelves.items() if other_id != district_id]
    quoted = 0
    for is_draft in (False, True):
        for place, text in enumerate(MESSAGES):
            if is_draft and place % 4:
                continue
            before = [earlier(MESSAGES[place - 1])] if place % 3 == 0 else []
            answer = compose(
                text,
                shelf=shelf,
                search=search,
                checker=checker,
                before=before,
                draft=Post(text=text) if is_draft else None,
            )
            quotes = check(answer.reply, shelf, others)
            quoted += quotes
            if answer.judgement is not None and answer.judgement.verdict in (
                Verdict.NOT_ALLOWED,
                Verdict.NEEDS_APPROVAL,
            ):
                # Nothing is refused without the clause that refuses it; danger alone needs none.
                assert quotes or answer.judgement.urgency is Urgency.SAFETY
            if answer.judgement is not None and answer.judgement.abstained:
                assert not any(isinstance(part, ClauseQuote) for part in answer.reply.parts)
                assert answer.judgement.matches == ()
                assert answer.judgement.verdict in (None, Verdict.ASK_SPECIALIST)
                assert answer.judgement.shown == 0

    assert quoted > 300


@pytest.mark.parametrize("district_id", DISTRICTS)
def test_commands_and_help_quote_whole_clauses_too(
    district_id: str, search: Search, shelves: Mapping[str, IndexedShelf]
) -> None:
    """The reply to a command shows the rule like any answer does."""
    shelf = shelves[district_id]
    for command in ("/newaccount", "/addadmin"):
        check(account_rule(command, shelf=shelf, search=search), shelf, [])
    check(guide.what_i_can_do(district=shelf.district), shelf, [])


async def test_printed_message_holds_each_shown_clause_with_its_lead_in(
    search: Search, checker: PostChecker, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """In plain text, too, a clause stands whole, and its lead-in before it."""
    districts = Districts(
        search=search,
        database=None,
        clock=HeldClock(datetime(2026, 11, 23, tzinfo=UTC)),
        added=tmp_path_factory.mktemp("districts"),
    )
    asker = Asker(districts=districts, search=search, checker=checker)
    shown_with_lead_in = 0
    for text in MESSAGES[::5]:
        for district_id in DISTRICTS:
            answer = await asker.answer({"district": district_id, "text": text})
            for clause in answer["clauses"][: answer["shown"]]:
                assert clause["text"] in answer["message"]
                if clause["lead_in"]:
                    shown_with_lead_in += 1
                    assert answer["message"].index(clause["lead_in"]) < answer["message"].index(clause["text"])

    assert shown_with_lead_in > 20
