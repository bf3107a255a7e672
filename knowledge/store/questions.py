"""Questions and feedback, as rows."""
# ruff: noqa: SLF001 - Row._mapping is public in SQLAlchemy; the underscore keeps it apart from column names

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.questions import Feedback, QuestionNotFoundError, QuestionRecord, ShownClause
from knowledge.store.tables import feedback, questions

LONGEST_COMPARED_CHARACTERS = 300
"""What of a question is compared with others. Our own figure."""

_JUDGED = (
    "kind",
    "verdict",
    "abstained",
    "cover",
    "escalate",
    "urgency",
    "guideline_version",
    "model",
    "post",
)
"""Columns that a second judgement replaces, beside the clauses."""


class QuestionStore:
    """Remembered questions of every district; each call names the one it is about."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def is_known(self, *, district_id: str, event_key: str) -> bool:
        """Tell whether this event was accepted before."""
        found = await self._connection.scalar(
            select(questions.c.id).where(questions.c.district_id == district_id, questions.c.event_key == event_key)
        )
        return found is not None

    async def remember(self, record: QuestionRecord) -> None:
        """Keep a question; its text has been masked by the caller."""
        values = asdict(record)
        values["clauses"] = [asdict(clause) for clause in record.clauses]
        await self._connection.execute(insert(questions).values(**values))

    async def get(self, *, district_id: str, question_id: str) -> QuestionRecord:
        """Return one question.

        Raises
        ------
        QuestionNotFoundError
            Raised if this district remembers no such question.
        """
        row = (
            await self._connection.execute(
                select(questions).where(questions.c.district_id == district_id, questions.c.id == question_id)
            )
        ).one_or_none()
        if row is None:
            raise QuestionNotFoundError(question_id)
        return _record(row)

    async def judge_again(self, record: QuestionRecord) -> None:
        """Replace what was made of a question, after its asker said more; the question itself stays as it was.

        Raises
        ------
        QuestionNotFoundError
            Raised if this district remembers no such question.
        """
        values = asdict(record)
        changed = await self._connection.execute(
            update(questions)
            .where(questions.c.district_id == record.district_id, questions.c.id == record.id)
            .values(
                {name: values[name] for name in _JUDGED} | {"clauses": [asdict(clause) for clause in record.clauses]}
            )
        )
        if changed.rowcount == 0:
            raise QuestionNotFoundError(record.id)

    async def recent_in_conversation(
        self, *, district_id: str, conversation_key: str, since: datetime, most: int = 3
    ) -> list[QuestionRecord]:
        """Return the latest questions of a conversation, newest first: what a follow-up follows."""
        rows = await self._connection.execute(
            select(questions)
            .where(
                questions.c.district_id == district_id,
                questions.c.conversation_key == conversation_key,
                questions.c.asked_at >= since,
            )
            .order_by(questions.c.asked_at.desc())
            .limit(most)
        )
        return [_record(row) for row in rows]

    async def give_feedback(self, given: Feedback) -> None:
        """Keep what the person said of an answer; a second word replaces the first."""
        values = asdict(given)
        changed = await self._connection.execute(
            update(feedback)
            .where(feedback.c.district_id == given.district_id, feedback.c.question_id == given.question_id)
            .values(**values)
        )
        if changed.rowcount == 0:
            await self._connection.execute(insert(feedback).values(**values))

    async def feedback_on(self, *, district_id: str, question_id: str) -> Feedback | None:
        """Return what was said of an answer, or None."""
        row = (
            await self._connection.execute(
                select(feedback).where(feedback.c.district_id == district_id, feedback.c.question_id == question_id)
            )
        ).one_or_none()
        return Feedback(**row._mapping) if row else None

    async def unanswered(self, *, district_id: str, since: datetime, most: int = 500) -> list[str]:
        """Return the masked questions asked since a moment that the guidelines did not answer, the newest first."""
        rows = await self._connection.execute(
            select(questions.c.masked_text)
            .where(
                questions.c.district_id == district_id,
                questions.c.asked_at >= since,
                questions.c.abstained,
                questions.c.kind.in_(["question", "out_of_scope"]),
            )
            .order_by(questions.c.asked_at.desc())
            .limit(most)
        )
        return [text[:LONGEST_COMPARED_CHARACTERS] for text in rows.scalars()]

    async def forget_before(self, *, district_id: str, before: datetime) -> int:
        """Delete questions asked before a moment, with their feedback.

        Returns
        -------
        int
            How many were forgotten.
        """
        forgotten = await self._connection.execute(
            delete(questions).where(questions.c.district_id == district_id, questions.c.asked_at < before)
        )
        return forgotten.rowcount


def _record(row: Row[tuple[object, ...]]) -> QuestionRecord:
    values = dict(row._mapping)
    values["clauses"] = tuple(ShownClause(**clause) for clause in values["clauses"])
    return QuestionRecord(**values)
