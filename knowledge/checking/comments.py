"""Comments that others leave under a post: which category of removable content one falls under, if any."""

import re
from dataclasses import dataclass

from knowledge.search.finding import Finding, Match
from knowledge.search.index import DistrictIndex

REMOVABLE = (
    "comments_hostile",
    "comments_spam_links",
    "comments_off_topic",
    "comments_illegal_promotion",
    "comments_copyright",
)
"""Topics of comments that a comments policy may let a district remove."""

REPORT_TOPIC, GENERAL_TOPIC = "comments_report_function", "comments_removal_general"

SURE_CATEGORY = 0.3
"""Chance from which a category is named. Set on the development questions."""

CLEARLY_OFF_TOPIC = 0.5
"""The same for being off topic, of which a policy like Redlands' says "clearly"."""

LIKELIER_THAN_CRITICISM = 1.5
"""How much likelier than mere criticism a category must be: to remove criticism is the worse mistake."""

_ONE_COMMENT = re.compile(
    r"\b(?:hid(?:e|ing)|delet(?:e|ing)|remov(?:e|ing)|tak(?:e|ing) down|get rid of|leave up|keep up|block)\b.{0,60}?"
    r"\b(?:this|it|that|his|her|their|them|the|a|one|what (?:he|she|they|someone|somebody)|someone'?s|comments?|reply|replies)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentFinding:
    """What the guidelines say of one comment."""

    is_removable: bool
    """True where a category covers it."""

    matches: tuple[Match, ...]
    """What governs it, best first: the category's clause, then the one on reporting abusive content where there is
    one; where no category covers it, the clause that reserves the right to remove."""


def comment_in(text: str, finding: Finding, index: DistrictIndex) -> CommentFinding | None:
    """Return what the guidelines say of the comment that a message is about.

    Returns
    -------
    CommentFinding or None
        None where the message is about no particular comment, or the district has no rule on comments.
    """
    about_comments = sum(chance for topic, chance in finding.topics if topic.startswith("comments_"))
    if about_comments < 0.5 or not _ONE_COMMENT.search(text) or not index.topic(GENERAL_TOPIC).any():
        return None
    chances = dict(finding.topics)
    best = max(REMOVABLE, key=lambda topic: chances.get(topic, 0.0))
    criticism = chances.get("comments_criticism", 0.0)
    needs = CLEARLY_OFF_TOPIC if best == "comments_off_topic" else SURE_CATEGORY
    is_covered = chances.get(best, 0.0) >= max(needs, LIKELIER_THAN_CRITICISM * criticism)
    category = _clause(best, index) if is_covered else None
    if is_covered and category is None:
        return None
    told = (category, _clause(REPORT_TOPIC, index)) if category else (_clause(GENERAL_TOPIC, index),)
    return CommentFinding(is_removable=category is not None, matches=tuple(match for match in told if match))


def _clause(topic: str, index: DistrictIndex) -> Match | None:
    """Return the clause that answers a topic best; None where none does."""
    weights = index.topic(topic)
    least = 0.0 if index.has_links else 0.3
    if float(weights.max()) <= least:
        return None
    place = int(weights.argmax())
    return Match(clause=index.clauses[place], score=round(float(weights[place]), 4))
