"""Where the conversations of Teams are, as rows: what must be known to write into them later, refreshed whenever they write."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.store.inserting import insert_on
from knowledge.store.tables import teams_answers, teams_conversations

SEEN_AGAIN_AFTER = timedelta(days=1)
"""How old the note that a conversation was seen may grow before it is written anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsConversation:
    """What must be known of a conversation to write into it."""

    address: str
    """By which the rest of Postwise knows it."""

    conversation_id: str
    """Teams' own name of it; empty for a person who has never written to the bot alone."""

    service_url: str
    tenant_id: str
    kind: str
    """``personal``, ``groupChat`` or ``channel``."""

    person_id: str = ""
    """Whose it is, where it is somebody's own."""

    member_id: str = ""
    """By what the roster knows that person."""

    blocked: str = ""
    """Why nothing can be written there any more, in Teams' own word; empty where it can."""


class TeamsConversationStore:
    """Conversations of every district; each call names the one it is about."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def see(self, conversation: TeamsConversation, *, district_id: str, at: datetime) -> bool:
        """Note where a conversation is, where something of it is new or a day has passed.

        Returns
        -------
        bool
            True where something was written.
        """
        row = (await self._connection.execute(self._where(district_id, conversation.address))).one_or_none()
        values = _values(conversation, row)
        if _is_fresh(values, row, at):
            return False
        values["seen_at"] = at
        await self._connection.execute(
            insert_on(self._connection, teams_conversations)
            .values(district_id=district_id, address=conversation.address, **values)
            .on_conflict_do_update(index_elements=["district_id", "address"], set_=values)
        )
        return True

    async def is_fresh(self, conversation: TeamsConversation, *, district_id: str, at: datetime) -> bool:
        """Tell whether `see` would write nothing: so that nobody waits to write what is known."""
        row = (await self._connection.execute(self._where(district_id, conversation.address))).one_or_none()
        return _is_fresh(_values(conversation, row), row, at)

    async def get(self, *, district_id: str, address: str) -> TeamsConversation | None:
        """Return what is known of a conversation, or None."""
        row = (await self._connection.execute(self._where(district_id, address))).one_or_none()
        return (
            None
            if row is None
            else TeamsConversation(
                address=row.address,
                conversation_id=row.conversation_id,
                service_url=row.service_url,
                tenant_id=row.tenant_id,
                kind=row.kind,
                person_id=row.person_id,
                member_id=row.member_id,
                blocked=row.blocked,
            )
        )

    async def personal(self, *, district_id: str) -> list[str]:
        """Return the addresses of the chats that people have with the bot alone, those seen longest ago first."""
        rows = await self._connection.scalars(
            select(teams_conversations.c.address)
            .where(
                teams_conversations.c.district_id == district_id,
                teams_conversations.c.kind == "personal",
                teams_conversations.c.conversation_id != "",
            )
            .order_by(teams_conversations.c.seen_at)
        )
        return [str(address) for address in rows]

    async def newest(self, *, district_id: str) -> TeamsConversation | None:
        """Return the conversation that wrote last: by it, where Teams is reached."""
        address = await self._connection.scalar(
            select(teams_conversations.c.address)
            .where(teams_conversations.c.district_id == district_id)
            .order_by(teams_conversations.c.seen_at.desc())
            .limit(1)
        )
        return None if address is None else await self.get(district_id=district_id, address=str(address))

    async def block(self, *, district_id: str, address: str, reason: str) -> None:
        """Note that nothing can be written to a conversation; it is taken back as soon as it writes."""
        await self._connection.execute(
            update(teams_conversations)
            .where(teams_conversations.c.district_id == district_id, teams_conversations.c.address == address)
            .values(blocked=reason[:60])
        )

    async def note_answer(
        self, *, district_id: str, address: str, message_id: str, question_id: str, at: datetime
    ) -> None:
        """Note which question a message answers: Teams' own thumbs name the message alone."""
        await self._connection.execute(
            insert_on(self._connection, teams_answers)
            .values(
                district_id=district_id, address=address, message_id=message_id, question_id=question_id, posted_at=at
            )
            .on_conflict_do_nothing()
        )

    async def answered(self, *, district_id: str, address: str, message_id: str) -> str:
        """Return which question a message answers; empty where that is not known any more."""
        found = await self._connection.scalar(
            select(teams_answers.c.question_id).where(
                teams_answers.c.district_id == district_id,
                teams_answers.c.address == address,
                teams_answers.c.message_id == message_id,
            )
        )
        return str(found or "")

    async def forget_answers(self, *, district_id: str, before: datetime) -> int:
        """Forget which messages were answers, where they were posted before a moment."""
        forgotten = await self._connection.execute(
            delete(teams_answers).where(teams_answers.c.district_id == district_id, teams_answers.c.posted_at < before)
        )
        return forgotten.rowcount

    @staticmethod
    def _where(district_id: str, address: str) -> Select[Any]:
        return select(teams_conversations).where(
            teams_conversations.c.district_id == district_id, teams_conversations.c.address == address
        )


def _values(conversation: TeamsConversation, row: Row[Any] | None) -> dict[str, Any]:
    values = {name: value for name, value in asdict(conversation).items() if name != "address"}
    if row is not None and not conversation.conversation_id:
        # Who writes in a channel tells nothing new of their own chat but how it is reached.
        values["conversation_id"], values["blocked"] = row.conversation_id, row.blocked
    return values


def _is_fresh(values: dict[str, Any], row: Row[Any] | None, at: datetime) -> bool:
    is_known = row is not None and all(getattr(row, name) == value for name, value in values.items())
    return row is not None and is_known and bool(at - row.seen_at < SEEN_AGAIN_AFTER)
