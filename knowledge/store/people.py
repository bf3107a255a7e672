"""People who have written, and where they can be written to, as rows."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Row, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.conversations import ConversationReference
from knowledge.people import Contact, Person, Role, Standing, same_email
from knowledge.store.inserting import insert_on
from knowledge.store.tables import people

SEEN_AGAIN_AFTER = timedelta(days=1)
"""How old the note that a person was seen may grow before it is written anew."""

_NONE: frozenset[Role] = frozenset()
"""A right is never taken from the past: a contact comes back without roles."""


class PeopleStore:
    """People of every district; each call names the one it is about."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def see(
        self, *, district_id: str, person: Person, conversation: ConversationReference | None, at: datetime
    ) -> bool:
        """Note who wrote, where something of it is new or a day has passed.

        Parameters
        ----------
        conversation
            The person's own direct message; None where they wrote elsewhere, which changes no address.

        Returns
        -------
        bool
            True where something was written.
        """
        before = await self.by_person(district_id=district_id, platform=person.platform, person_id=person.id)
        address = conversation.address if conversation else ""
        roles = "".join(f",{role.value}" for role in sorted(person.roles)) + ","
        person = replace(person, name=person.name[:200], roles=_NONE)
        if before is not None:
            # What a platform leaves out this time, it may have said before.
            person = replace(person, name=person.name or before.person.name, email=person.email or before.person.email)
            address = address or before.conversation.address
            is_known = (before.person, before.conversation.address, before.is_active) == (person, address, True)
            if is_known and at - before.seen_at < SEEN_AGAIN_AFTER:
                return False
        values = {
            "name": person.name,
            "email": person.email,
            "email_key": same_email(person.email) if person.email else "",
            "address": address,
            "standing": person.standing.value,
            "roles": roles,
            "is_active": True,
            "seen_at": at,
        }
        await self._connection.execute(
            insert_on(self._connection, people)
            .values(district_id=district_id, platform=person.platform, person_id=person.id, **values)
            .on_conflict_do_update(index_elements=["district_id", "platform", "person_id"], set_=values)
        )
        return True

    async def with_role(self, *, district_id: str, role: Role, needs_email: bool = True) -> list[Contact]:
        """Return who could be told something as an office: active members for whom their platform vouched last time."""
        has_email = people.c.email != "" if needs_email else true()
        rows = await self._connection.execute(
            select(people)
            .where(
                people.c.district_id == district_id,
                people.c.roles.contains(f",{role.value},"),
                people.c.is_active,
                people.c.standing == Standing.MEMBER.value,
                has_email,
            )
            .order_by(people.c.seen_at.desc())
        )
        return [_contact(row) for row in rows]

    async def by_person(self, *, district_id: str, platform: str, person_id: str) -> Contact | None:
        """Return what is known of a person, or None."""
        row = (
            await self._connection.execute(
                select(people).where(
                    people.c.district_id == district_id,
                    people.c.platform == platform,
                    people.c.person_id == person_id,
                )
            )
        ).one_or_none()
        return _contact(row) if row else None

    async def by_email(self, *, district_id: str, email: str) -> Contact | None:
        """Return the person of an e-mail address, whom we can write to, or None.

        Where one address belongs to several (two platforms, two tabs), an active one is preferred, then the one seen last.
        """
        rows = await self._connection.execute(
            select(people)
            .where(
                people.c.district_id == district_id,
                people.c.email_key == same_email(email),
                people.c.address != "",
            )
            .order_by(people.c.is_active.desc(), people.c.seen_at.desc())
            .limit(1)
        )
        row = rows.one_or_none()
        return _contact(row) if row else None

    async def deactivate(self, *, district_id: str, platform: str, person_id: str) -> bool:
        """Note that a person left or was deactivated.

        Returns
        -------
        bool
            True where they were active until now; False where they were not, or nobody knows them.
        """
        changed = await self._connection.execute(
            update(people)
            .where(
                people.c.district_id == district_id,
                people.c.platform == platform,
                people.c.person_id == person_id,
                people.c.is_active,
            )
            .values(is_active=False)
        )
        return changed.rowcount > 0


def _contact(row: Row[tuple[object, ...]]) -> Contact:
    return Contact(
        person=Person(
            platform=row.platform,
            id=row.person_id,
            name=row.name,
            email=row.email,
            standing=Standing(row.standing),
        ),
        conversation=ConversationReference(platform=row.platform, address=row.address),
        is_active=row.is_active,
        seen_at=row.seen_at,
    )
