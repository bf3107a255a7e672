"""Who somebody is, as Slack says: name, e-mail address, and whether they are staff, a guest, a stranger or a program."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.delivery.sender import DeliveryError
from bot.slack.addresses import PLATFORM
from knowledge.errors import PostwiseError
from knowledge.people import Person, Standing, is_email, plain_name

if TYPE_CHECKING:
    from bot.slack.client import SlackCalls
    from bot.slack.workspaces import Workspaces
    from knowledge.store.unit import Database

KNOWN_SECONDS = 15 * 60.0
"""How long what Slack said of somebody is taken from memory; what changes meanwhile, Slack tells by ``user_change``."""

MOST_KNOWN = 20_000
"""Most people remembered at once; a large district's staff."""

ASK_SECONDS = 1.5
"""How long Slack may take to say who somebody is: everything has to be acknowledged within three seconds.

Source: https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
"""


class PersonNotKnownError(PostwiseError):
    """Slack did not say who somebody is, and nobody of this id was ever seen."""


class People:
    """Knows the people of every workspace."""

    def __init__(self, *, workspaces: Workspaces, calls: SlackCalls, database: Database) -> None:
        self._workspaces = workspaces
        self._calls = calls
        self._database = database
        self._known: OrderedDict[tuple[str, str], tuple[float, Person]] = OrderedDict()
        self._asking: dict[tuple[str, str], asyncio.Task[Person]] = {}

    async def person(self, team_id: str, person_id: str, *, district_id: str) -> Person:
        """Return somebody of a workspace.

        Parameters
        ----------
        team_id
            The workspace whose event named them; who is of another one is a guest there.

        Raises
        ------
        PersonNotKnownError
            Raised if Slack does not say who they are, and they have never written before.
        """
        key = (team_id, person_id)
        known = self._known.get(key)
        if known is not None and time.monotonic() - known[0] < KNOWN_SECONDS:
            return known[1]
        try:
            return await self._asked(key)
        except DeliveryError as error:
            found = await self._seen_before(person_id, district_id)
            if found is None:
                raise PersonNotKnownError from error
            return found

    def changed(self, team_id: str, user: Mapping[str, Any]) -> None:
        """Take in what an event said of somebody."""
        self._keep((team_id, str(user["id"])), person_of(user, team_id=team_id))

    async def _asked(self, key: tuple[str, str]) -> Person:
        """Ask Slack, once however many wait for the answer."""
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.create_task(self._ask(key))
            asking.add_done_callback(lambda _: self._asking.pop(key, None))
        return await asyncio.shield(asking)

    async def _ask(self, key: tuple[str, str]) -> Person:
        team_id, person_id = key
        try:
            token = await self._workspaces.token(team_id)
        except PostwiseError as error:
            raise DeliveryError("not_installed") from error
        answer = await self._calls.call(
            lambda slack: slack.users_info(user=person_id), token=token, timeout_seconds=ASK_SECONDS
        )
        user = answer.get("user")
        if not isinstance(user, Mapping):
            raise DeliveryError("unexpected answer", is_ambiguous=True)
        person = person_of(user, team_id=team_id)
        self._keep(key, person)
        return person

    def _keep(self, key: tuple[str, str], person: Person) -> None:
        self._known[key] = (time.monotonic(), person)
        self._known.move_to_end(key)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)

    async def _seen_before(self, person_id: str, district_id: str) -> Person | None:
        async with self._database.reading() as unit:
            contact = await unit.people.by_person(district_id=district_id, platform=PLATFORM, person_id=person_id)
        return contact.person if contact is not None and contact.is_active else None


def person_of(user: Mapping[str, Any], *, team_id: str) -> Person:
    """Return the person that a user object of Slack's is.

    Source: https://docs.slack.dev/reference/objects/user-object
    """
    profile = user.get("profile")
    profile = profile if isinstance(profile, Mapping) else {}
    names = (profile.get("real_name"), user.get("real_name"), profile.get("display_name"), user.get("name"))
    email = str(profile.get("email") or "").lower()
    return Person(
        platform=PLATFORM,
        id=str(user.get("id") or ""),
        name=plain_name(next((name for name in names if isinstance(name, str) and name.strip()), "")),
        email=email if is_email(email) else "",
        standing=_standing(user, team_id=team_id),
    )


def _standing(user: Mapping[str, Any], *, team_id: str) -> Standing:
    if user.get("is_bot") or user.get("id") == "USLACKBOT":
        return Standing.BOT
    is_guest = any(user.get(flag) for flag in ("is_restricted", "is_ultra_restricted", "is_stranger", "deleted"))
    of_team = user.get("team_id")
    is_of_elsewhere = bool(team_id and isinstance(of_team, str) and of_team not in (team_id, ""))
    return Standing.GUEST if is_guest or is_of_elsewhere else Standing.MEMBER
