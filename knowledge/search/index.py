"""The clauses of one district, ready to be searched.

Search is exact and per district: a district has 30 to 10,000 clauses, so an approximate index would buy nothing, and
an index that held several districts could mix them.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from knowledge.guidelines import Clause
from knowledge.search.encoder import Encoder
from knowledge.search.lexical import Bm25
from knowledge.search.recogniser import Recogniser
from knowledge.search.vectors import Matrix, Vector

BEST_FIRST = (1.0, 0.72, 0.55, 0.45, 0.4)
"""Weight of a topic's first, second, ... linked clause."""


class DistrictIndex:
    """Clause vectors, words and topics of one district's published guidelines."""

    def __init__(
        self,
        clauses: Sequence[Clause],
        *,
        encoder: Encoder,
        recogniser: Recogniser,
        links: Mapping[str, Sequence[str]] | None = None,
        vectors: Matrix | None = None,
    ) -> None:
        """Index a district's clauses.

        Parameters
        ----------
        clauses
            The published clauses, of this district only.
        links
            For each topic the clauses that answer it, best first, by clause id without the district; None where no
            person has linked them, so that topics are recognised in the clauses themselves.
        vectors
            The clauses' vectors where they are known already. Shape ``(clauses, dimensions)``.
        """
        self.clauses = tuple(clauses)
        self.has_links = links is not None
        texts = [in_context(clause) for clause in self.clauses]
        self.vectors: Matrix = encoder.encode(texts) if vectors is None else vectors
        self._bm25 = Bm25(
            [f"{' '.join(clause.section_path)} {text}" for clause, text in zip(self.clauses, texts, strict=True)]
        )
        recognised = recogniser.clause_topics(self.vectors)
        self.topics: Matrix = recognised if links is None else _linked(self.clauses, recogniser.topics, links)
        self._places = {topic: place for place, topic in enumerate(recogniser.topics)}
        self.reach: Vector = self.topics.max(axis=0)
        """How far each topic is answered by some clause. Shape ``(topics,)``."""

    def topic(self, topic: str) -> Vector:
        """How far each clause answers one topic; zeros where the model knows no such topic. Shape ``(clauses,)``."""
        place = self._places.get(topic)
        return np.zeros(len(self.clauses), dtype=np.float32) if place is None else self.topics[:, place]

    def dense(self, vector: Vector) -> Vector:
        """Cosine of a question with every clause. Shape ``(clauses,)``."""
        return np.asarray(self.vectors @ vector, dtype=np.float32)

    def lexical(self, text: str) -> Vector:
        """BM25 of a question with every clause. Shape ``(clauses,)``."""
        return self._bm25.scores(text)


def in_context(clause: Clause) -> str:
    """Return the clause with the lead-in that it completes: what is encoded, never what is shown."""
    return f"{clause.lead_in} {clause.text}" if clause.lead_in else clause.text


def _linked(clauses: Sequence[Clause], topics: Sequence[str], links: Mapping[str, Sequence[str]]) -> Matrix:
    """Weight of each clause for each topic, as people linked them. Shape ``(clauses, topics)``."""
    places = {clause.id.split("/", 1)[1]: row for row, clause in enumerate(clauses)}
    weights = np.zeros((len(clauses), len(topics)), dtype=np.float32)
    for column, topic in enumerate(topics):
        for rank, clause_id in enumerate(links.get(topic, ())):
            # A clause that a new version of the document dropped is simply no longer there to be shown.
            if clause_id in places:
                weights[places[clause_id], column] = BEST_FIRST[min(rank, len(BEST_FIRST) - 1)]
    return weights
