"""Which clauses of a district govern a matter, and what the matter comes to by their force."""

import numpy as np

from knowledge.checking.matters import Force, Matter
from knowledge.checking.post import Use
from knowledge.guidelines import Clause, Modality, Scope
from knowledge.search.finding import Match
from knowledge.search.index import DistrictIndex
from knowledge.search.vectors import Vector

UNLINKED_REACH = 0.02
"""How surely a clause that nobody linked must speak of a topic to govern it."""

LATER_TOPIC = 0.8
"""How much less a matter's second, third, ... topic speaks for a clause."""

NEARNESS = 0.15
"""How much the likeness of the sentence and a clause adds to the clause's score."""

RULING = 0.05
"""What a clause that nobody linked gains by ruling something, and again by ruling on this very use."""

_RULES = frozenset({Modality.PROHIBITION, Modality.OBLIGATION, Modality.APPROVAL})


def governing(matter: Matter, use: Use, index: DistrictIndex, dense: Vector) -> tuple[Match, ...]:
    """Return the clauses of a district that govern a matter under one use, best first, at most three.

    Parameters
    ----------
    dense
        Likeness of what raises the matter to each clause. Shape ``(clauses,)``.
    """
    weights = np.zeros(len(index.clauses), dtype=np.float32)
    for rank, topic in enumerate(matter.topics(use)):
        weights = np.maximum(weights, index.topic(topic) * LATER_TOPIC**rank)
    own, other = Scope.EDUCATIONAL_USE, Scope.PERSONAL_USE
    if use is Use.PERSONAL:
        own, other = other, own
    scored = []
    for place in np.flatnonzero(weights > (0.0 if index.has_links else UNLINKED_REACH)).tolist():
        clause = index.clauses[place]
        if clause.scope is other:
            continue
        score = float(weights[place]) + NEARNESS * float(dense[place])
        if not index.has_links:
            # Of clauses that only seem to speak of it, the one that rules comes before the one that tells.
            score += RULING * (clause.modality in _RULES) + RULING * (clause.scope is own)
        scored.append((score, place))
    scored.sort(key=lambda pair: -pair[0])
    return tuple(
        Match(clause=index.clauses[place], score=round(min(1.0, max(0.0, score)), 4)) for score, place in scored[:3]
    )


def force_here(force: Force, clause: Clause) -> Force:
    """Return what a concern comes to by the force of the district's own clause."""
    match force, clause.modality:
        case Force.FORBIDDEN, Modality.CAUTION:
            return Force.CONDITION
        case Force.FORBIDDEN, Modality.PERMISSION if " only " not in clause.text:
            return Force.CONDITION
        case _:
            return force
