"""What a district's clauses make of what was read in a post."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from bench.quality import read_clauses
from knowledge.checking.circumstances import answered
from knowledge.checking.matters import State, matters
from knowledge.checking.post import Fact, Post, Use
from knowledge.checking.reading import Raised, Reading
from knowledge.checking.verdicts import Check, PostJudge
from knowledge.district import SHIPPED, read_districts, read_links
from knowledge.search.finding import Search
from knowledge.search.index import DistrictIndex
from knowledge.search.judging import Verdict

AGAINST, OPEN, MET = State.AGAINST, State.OPEN, State.MET


@pytest.fixture(scope="module")
def indexes(search: Search) -> Mapping[str, DistrictIndex]:
    return {
        name: search.index(read_clauses(name), read_links(name, SHIPPED / name)) for name in ("redlands", "hesperia")
    }


def reading(raised: Mapping[str, State]) -> Reading:
    """A reading that is sure of what it read, and of nothing else."""
    nothing = Raised(chances=dict.fromkeys(State, 0.0), segment=None)
    found = dict.fromkeys(matters(), nothing)
    for matter, state in raised.items():
        found[matter] = Raised(chances={**dict.fromkeys(State, 0.0), state: 0.95}, segment=None)
    return Reading(
        segments=(), vector=np.zeros(384, np.float32), segment_vectors=np.zeros((0, 384), np.float32), raised=found
    )


def judged(index: DistrictIndex, district: str, raised: Mapping[str, State], post: Post | None = None) -> Check:
    approved = read_districts()[district][0].platform_names
    post = post or Post(text="x", platform="facebook", use=Use.SCHOOL)
    return PostJudge(reading(raised), index, approved_platforms=approved).check_and_ask(post)


@pytest.mark.parametrize(
    ("raised", "redlands", "hesperia"),
    [
        ({"good_news": MET}, Verdict.ALLOWED, Verdict.ALLOWED),
        ({"pupil_pictures": MET}, Verdict.ALLOWED, Verdict.ALLOWED),
        ({"pupil_pictures": OPEN}, Verdict.ALLOWED_WITH_CONDITIONS, Verdict.ALLOWED_WITH_CONDITIONS),
        ({"pupil_pictures": AGAINST}, Verdict.NOT_ALLOWED, Verdict.NOT_ALLOWED),
        ({"pupil_facts": AGAINST}, Verdict.NOT_ALLOWED, Verdict.NOT_ALLOWED),
        ({"copyright": AGAINST}, Verdict.NOT_ALLOWED, Verdict.ALLOWED_WITH_CONDITIONS),
        ({"policy_text": AGAINST}, Verdict.NOT_ALLOWED, Verdict.ALLOWED),
        ({"adult_pictures": OPEN}, Verdict.ALLOWED_WITH_CONDITIONS, Verdict.ALLOWED),
        ({"politics": AGAINST}, Verdict.NOT_ALLOWED, Verdict.NOT_ALLOWED),
        ({"controversy": AGAINST}, Verdict.ASK_SPECIALIST, Verdict.ALLOWED_WITH_CONDITIONS),
        ({"new_account": AGAINST}, Verdict.NEEDS_APPROVAL, Verdict.NEEDS_APPROVAL),
        ({"rename_account": AGAINST}, Verdict.NEEDS_APPROVAL, Verdict.ALLOWED),
        ({"school_logo": OPEN}, Verdict.ALLOWED, Verdict.NEEDS_APPROVAL),
        ({"school_logo": MET}, Verdict.ALLOWED, Verdict.ALLOWED),
    ],
)
def test_verdict_is_the_districts_own(
    raised: Mapping[str, State], redlands: Verdict, hesperia: Verdict, indexes: Mapping[str, DistrictIndex]
) -> None:
    """The same post comes to different verdicts where the documents differ; each rests on a clause or on silence."""
    assert judged(indexes["redlands"], "redlands", raised).verdict is redlands
    assert judged(indexes["hesperia"], "hesperia", raised).verdict is hesperia


def test_worst_concern_wins_and_comes_first(indexes: Mapping[str, DistrictIndex]) -> None:
    """One forbidden thing sinks a post that is otherwise conditional, and its clause is quoted first."""
    found = judged(indexes["redlands"], "redlands", {"good_news": MET, "pupil_pictures": OPEN, "id_numbers": AGAINST})

    assert found.verdict is Verdict.NOT_ALLOWED
    assert [concern.matter for concern in found.concerns] == ["id_numbers", "pupil_pictures", "good_news"]
    assert "identification numbers" in found.matches[0].clause.text


def test_matter_of_which_the_document_is_silent_counts_for_nothing(indexes: Mapping[str, DistrictIndex]) -> None:
    """Hesperia says nothing of disappearing posts, so nothing stands against one there."""
    post = Post(text="x", platform="snapchat", use=Use.SCHOOL)

    assert judged(indexes["hesperia"], "hesperia", {}, post).verdict is Verdict.ALLOWED
    assert judged(indexes["redlands"], "redlands", {}, post).verdict is Verdict.NOT_ALLOWED


@pytest.mark.parametrize(
    ("platform", "verdict"),
    [("tiktok", Verdict.NOT_ALLOWED), ("linkedin", Verdict.ALLOWED), ("website", Verdict.ALLOWED)],
)
def test_closed_list_of_platforms_binds_the_schools_accounts(
    platform: str, verdict: Verdict, indexes: Mapping[str, DistrictIndex]
) -> None:
    """Redlands approves four platforms; a personal account is not bound by the list, and a website is none."""
    school = Post(text="x", platform=platform, use=Use.SCHOOL)
    personal = Post(text="x", platform=platform, use=Use.PERSONAL)

    assert judged(indexes["redlands"], "redlands", {"good_news": MET}, school).verdict is verdict
    assert judged(indexes["redlands"], "redlands", {"good_news": MET}, personal).verdict is Verdict.ALLOWED


def test_private_citizen_may_speak_on_politics(indexes: Mapping[str, DistrictIndex]) -> None:
    """What Hesperia forbids on its pages it allows on one's own."""
    own = Post(text="x", platform="facebook", use=Use.PERSONAL)

    assert judged(indexes["hesperia"], "hesperia", {"politics": AGAINST}, own).verdict is Verdict.ALLOWED


def test_clause_of_the_other_use_is_never_cited(indexes: Mapping[str, DistrictIndex]) -> None:
    """A rule for personal accounts is no reason on a school's account, and the reverse."""
    for use, foreign in ((Use.SCHOOL, "personal-use"), (Use.PERSONAL, "educational-use")):
        for matter in matters():
            found = judged(indexes["hesperia"], "hesperia", {matter: AGAINST}, Post(text="x", use=use))
            assert not any(foreign in match.clause.id for match in found.matches)


def test_masked_number_is_against_the_rules_whatever_was_read(indexes: Mapping[str, DistrictIndex]) -> None:
    """The reader may miss a number; what was masked is known."""
    post = Post(text="Call [phone number] or [social security number]", platform="facebook", use=Use.SCHOOL)
    found = judged(indexes["redlands"], "redlands", {}, post)

    assert found.verdict is Verdict.NOT_ALLOWED
    assert {concern.matter for concern in found.concerns} == {"id_numbers", "contact_details"}


@pytest.mark.parametrize(
    ("text", "attachment"), [("of [social security number]", ""), ("x", "[social security number]")]
)
def test_nobodys_social_security_number_may_be_published(
    text: str, attachment: str, indexes: Mapping[str, DistrictIndex]
) -> None:
    """Not even where the reader takes it for permitted, and not in a picture either."""
    post = Post(text=text, attachment=attachment, platform="facebook", use=Use.SCHOOL)

    assert judged(indexes["redlands"], "redlands", {"id_numbers": MET}, post).verdict is Verdict.NOT_ALLOWED


def test_likely_met_but_perhaps_not_gives_no_plain_yes(indexes: Mapping[str, DistrictIndex]) -> None:
    """What speaks against a condition is added up before it is called met."""
    read = reading({})
    chances = {AGAINST: 0.3, OPEN: 0.3, MET: 0.36}
    unclear = replace(read, raised={**read.raised, "pupil_pictures": Raised(chances=chances, segment=None)})
    post = Post(text="x", platform="facebook", use=Use.SCHOOL)
    found = PostJudge(unclear, indexes["redlands"], approved_platforms=("Facebook",)).check(post)

    assert found.verdict is not Verdict.ALLOWED


def test_yes_of_an_office_never_settles_a_live_matter(indexes: Mapping[str, DistrictIndex]) -> None:
    """That a new page was approved says nothing about the lawsuit in the same post."""
    post = answered(Post(text="x", platform="facebook", use=Use.SCHOOL), Fact.APPROVAL, "yes")
    found = judged(indexes["redlands"], "redlands", {"new_account": AGAINST, "controversy": AGAINST}, post)

    assert found.verdict is Verdict.ASK_SPECIALIST


def test_asks_only_what_decides(indexes: Mapping[str, DistrictIndex]) -> None:
    """Releases are asked about where they would change the verdict; where a number sinks the post anyway, nothing is."""
    open_only = judged(indexes["redlands"], "redlands", {"pupil_pictures": OPEN})
    sunk = judged(indexes["redlands"], "redlands", {"pupil_pictures": OPEN, "id_numbers": AGAINST})
    harmless = judged(indexes["redlands"], "redlands", {"good_news": MET})

    assert open_only.asks == (Fact.CONSENT,)
    assert sunk.asks == ()
    assert harmless.asks == ()


def test_whose_account_is_asked_only_where_it_matters(indexes: Mapping[str, DistrictIndex]) -> None:
    """Politics is a matter of whose page it is on; a bake sale is not."""
    unsaid = Post(text="x", platform="facebook")

    assert Fact.USE in judged(indexes["hesperia"], "hesperia", {"politics": AGAINST}, unsaid).asks
    assert judged(indexes["hesperia"], "hesperia", {"good_news": MET}, unsaid).asks == ()


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("yes", Verdict.ALLOWED), ("no", Verdict.NOT_ALLOWED), ("nobody", Verdict.ALLOWED)],
)
def test_answer_changes_the_verdict_and_is_not_asked_again(
    answer: str, verdict: Verdict, indexes: Mapping[str, DistrictIndex]
) -> None:
    """With releases for each pupil, or with no pupil to be recognised, it is fine; without them it is not."""
    post = answered(Post(text="x", platform="facebook", use=Use.SCHOOL), Fact.CONSENT, answer)
    found = judged(indexes["redlands"], "redlands", {"pupil_pictures": OPEN}, post)

    assert found.verdict is verdict
    assert found.asks == ()


def test_file_that_nobody_described_forbids_a_plain_yes(indexes: Mapping[str, DistrictIndex]) -> None:
    """A picture that nobody looked into may show pupils, so releases are asked about."""
    post = Post(text="x", platform="facebook", use=Use.SCHOOL, has_unseen_files=True)
    found = judged(indexes["redlands"], "redlands", {"good_news": MET}, post)

    assert found.verdict is Verdict.ALLOWED_WITH_CONDITIONS
    assert found.asks == (Fact.CONSENT,)


def test_at_most_three_things_are_asked(indexes: Mapping[str, DistrictIndex]) -> None:
    """A teacher has two minutes."""
    raised = {"pupil_pictures": OPEN, "adult_pictures": OPEN, "copyright": OPEN, "pupil_names": OPEN}

    assert len(judged(indexes["redlands"], "redlands", raised, Post(text="x")).asks) <= 3
