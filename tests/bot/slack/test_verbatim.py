"""In Slack, too, a clause stands whole and word for word, with the lead-in that it completes directly before it."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from bot.districts import Districts
from bot.slack.render import pages_of, text_of
from handlers.context import Shelf
from handlers.replies import Reply
from handlers.wording import answers, checks
from knowledge.checking.judging import CheckedPost
from knowledge.checking.post import Post
from knowledge.checking.verdicts import Check
from knowledge.clock import HeldClock
from knowledge.guidelines import Clause
from knowledge.search.finding import Match, Search
from knowledge.search.judging import Judgement, Kind, Verdict
from tests.support.slack_desk import cited, running
from tests.support.verbatim import check, folded

DISTRICTS = ("redlands", "hesperia")


@pytest.fixture(scope="module")
def shelves(search: Search, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Shelf]:
    clock = HeldClock(datetime(2026, 11, 23, tzinfo=UTC))
    districts = Districts(search=search, database=None, clock=clock, added=tmp_path_factory.mktemp("districts"))
    return {district_id: asyncio.run(districts.shelf(district_id)) for district_id in DISTRICTS}


def judgement(*clauses: Clause, kind: Kind, verdict: Verdict | None = None) -> Judgement:
    """What is made of a message that these clauses govern."""
    return Judgement(
        kind=kind,
        abstained=False,
        verdict=verdict,
        matches=tuple(Match(clause=clause, score=0.9) for clause in clauses),
        shown=len(clauses),
        is_unsure=False,
        escalate=False,
        urgency=None,
        topic="photos",
        cover=0.9,
        read_with=None,
    )


def answered(*clauses: Clause, shelf: Shelf) -> Reply:
    """The answer to a question that these clauses govern."""
    return answers.answer(
        judgement(*clauses, kind=Kind.QUESTION),
        district=shelf.district,
        document=shelf.document,
        question_id="q1",
        was_cut=False,
        misses_email=False,
    )


def checked(*clauses: Clause, shelf: Shelf) -> Reply:
    """The reply to a post that these clauses govern."""
    found = judgement(*clauses, kind=Kind.CAN_I_POST, verdict=Verdict.NOT_ALLOWED)
    looked_at = Check(
        verdict=Verdict.NOT_ALLOWED,
        concerns=(),
        unspoken=(),
        asks=(),
        is_doubtful=False,
        matches=found.matches,
        shown=found.shown,
    )
    post = Post(text="Proud of *our* team & <!channel> [phone number]")
    return checks.checked_reply(
        CheckedPost(judgement=found, check=looked_at, post=post, segments=()),
        district=shelf.district,
        document=shelf.document,
        question_id="q1",
        contact=None,
        was_cut=False,
    )


def shown(reply: Reply) -> str:
    """What a person reads of a reply, over all its messages."""
    return running([block for page in pages_of(reply) for block in page])


@pytest.mark.parametrize("path", [answered, checked])
@pytest.mark.parametrize("district_id", DISTRICTS)
def test_every_clause_is_drawn_whole_with_its_lead_in(
    district_id: str, path: type, shelves: Mapping[str, Shelf]
) -> None:
    """Each by itself, in the answer to a question and in the reply to a post; beside the blocks, in the text as well."""
    shelf = shelves[district_id]
    others = [other for other_id, other in shelves.items() if other_id != district_id]
    source = folded(shelf.guideline.source_text)
    assert len(shelf.guideline.clauses) > 30
    assert any(clause.lead_in for clause in shelf.guideline.clauses)
    for clause in shelf.guideline.clauses:
        reply = path(clause, shelf=shelf)
        drawn = shown(reply)

        assert check(reply, shelf, others) == 1
        assert clause.text in source
        assert drawn.count(clause.text) == 1
        assert cited(answers.quote(clause, shelf.document)) in drawn
        spoken = text_of(reply).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        if not spoken.endswith("…"):
            assert (f"{clause.lead_in}\n{clause.text}" if clause.lead_in else clause.text) in spoken


@pytest.mark.parametrize("path", [answered, checked])
@pytest.mark.parametrize("district_id", DISTRICTS)
def test_all_clauses_of_a_district_at_once_are_whole_over_all_messages(
    district_id: str, path: type, shelves: Mapping[str, Shelf]
) -> None:
    """A reply that takes many messages quotes no clause the less, and none out of its order."""
    shelf = shelves[district_id]
    clauses = shelf.guideline.clauses
    reply = path(*clauses, shelf=shelf)

    drawn = shown(reply)
    places = [drawn.find(cited(answers.quote(clause, shelf.document))) for clause in clauses]

    assert len(pages_of(reply)) > 1
    assert -1 not in places
    assert places == sorted(places)
