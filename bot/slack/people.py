"""Who somebody is, as Slack says: name, e-mail address, and whether they are staff, a guest, a stranger or a program."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.delivery.sender import DeliveryError
from bot.slack.addresses import PLATFORM, Address
from knowledge.errors import PostwiseError
from knowledge.people import Person, Standing, is_email, plain_name

if TYPE_CHECKING:
    from bot.slack.client import SlackCalls
    from bot.slack.workspaces import Workspaces
    from knowledge.clock import Clock
    from knowledge.store.unit import Database

KNOWN_SECONDS = 15 * 60.0
"""How long what Slack said of somebody is taken from memory; what changes meanwhile, Slack tells by ``user_change``."""

MOST_KNOWN = 20_000
"""Most people remembered at once; a large district's staff."""

ASK_SECONDS = 1.5
"""How long Slack may take to say who somebody is: everything has to be acknowledged within three seconds.

Source: https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
"""


REFUSED_SECONDS = 60.0
"""How long somebody whom Slack does not name is not asked about again."""

INTRODUCE_SECONDS = 0.8
"""How long a form waits for those whom it names to be looked up."""

MOST_INTRODUCED = 20
"""Most people of one form who are looked up. Our own figure: no account has as many administrators."""


class PersonNotKnownError(PostwiseError):
    """Slack did not say who somebody is, and nobody of this id was ever seen."""


class People:
    """Knows the people of every workspace."""

    def __init__(self, *, workspaces: Workspaces, calls: SlackCalls, database: Database, clock: Clock) -> None:
        self._clock = clock
        self._workspaces = workspaces
        self._calls = calls
        self._database = database
        self._known: OrderedDict[tuple[str, str], tuple[float, Person]] = OrderedDict()
        self._asking: dict[tuple[str, str], asyncio.Task[Person]] = {}
        self._refused: dict[tuple[str, str], float] = {}
        self._changes: dict[tuple[str, str], int] = {}
        """How often Slack told that somebody changed: what was asked before says nothing any more."""

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
        if time.monotonic() - self._refused.get(key, float("-inf")) < REFUSED_SECONDS:
            raise PersonNotKnownError
        try:
            return await self._asked(key)
        except DeliveryError as error:
            # Whoever Slack refuses to name is nobody we knew; only where it does not answer, what it said before counts.
            is_silent = error.is_ambiguous or error.retry_after is not None or error.kind == "not_connected"
            found = await self._seen_before(person_id, district_id) if is_silent else None
            if not is_silent:
                self._refused[key] = time.monotonic()
            if found is None:
                raise PersonNotKnownError from error
            return found

    async def introduce(self, email: str, team_id: str, *, district_id: str) -> bool:
        """Look somebody up by e-mail address, so that they can be written to before they ever wrote to us.

        Returns
        -------
        bool
            False where the workspace has no such member of staff, or Slack does not answer.
        """
        async with self._database.reading() as unit:
            known = await unit.people.by_email(district_id=district_id, email=email)
        if known is not None and known.person.platform == PLATFORM and known.is_active:
            return True
        try:
            token = await self._workspaces.token(team_id)
            answer = await self._calls.call(
                lambda slack: slack.users_lookupByEmail(email=email), token=token, timeout_seconds=ASK_SECONDS
            )
        except PostwiseError:
            return False
        user = answer.get("user")
        if not isinstance(user, Mapping):
            return False
        person = person_of(user, team_id=await self._workspaces.own_team(team_id))
        if person.standing is not Standing.MEMBER or not person.email:
            return False
        self._keep((team_id, person.id), person)
        await self.see(person, team_id, district_id=district_id)
        return True

    async def introduce_named(self, text: str, team_id: str, *, district_id: str) -> None:
        """Introduce whoever is named in a text by e-mail address, as far as that is soon done."""
        emails = list(dict.fromkeys(word.lower() for word in re.split(r"[\s,;<>()]+", text) if is_email(word)))
        waiting = [self.introduce(email, team_id, district_id=district_id) for email in emails[:MOST_INTRODUCED]]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(INTRODUCE_SECONDS):
                await asyncio.gather(*waiting, return_exceptions=True)

    async def see(self, person: Person, team_id: str, *, district_id: str) -> None:
        """Keep where somebody can be written to."""
        home = Address(team=self._workspaces.team_in_address(team_id), channel=person.id).reference
        async with self._database.unit() as unit:
            await unit.people.see(district_id=district_id, person=person, conversation=home, at=self._clock.now())

    async def changed(self, team_id: str, user: Mapping[str, Any], *, district_id: str | None) -> bool:
        """Take in what an event said of somebody, in memory and where people are kept.

        Returns
        -------
        bool
            False for somebody of another organization.
        """
        key = (team_id, str(user["id"]))
        self._changes[key] = self._changes.get(key, 0) + 1
        own_team = await self._workspaces.own_team(team_id)
        person = person_of(user, team_id=own_team)
        self._keep(key, person)
        if user.get("team_id") != own_team:
            return False
        if district_id is not None and not user.get("deleted"):
            async with self._database.unit() as unit:
                known = await unit.people.by_person(district_id=district_id, platform=PLATFORM, person_id=person.id)
                if known is not None:
                    await unit.people.see(
                        district_id=district_id, person=person, conversation=None, at=self._clock.now()
                    )
        return True

    async def _asked(self, key: tuple[str, str]) -> Person:
        """Ask Slack, once however many wait for the answer."""
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.create_task(self._ask(key))
            asking.add_done_callback(lambda _: self._asking.pop(key, None))
        return await asyncio.shield(asking)

    async def _ask(self, key: tuple[str, str]) -> Person:
        team_id, person_id = key
        changes = self._changes.get(key, 0)
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
        person = person_of(user, team_id=await self._workspaces.own_team(team_id))
        if self._changes.get(key, 0) != changes:
            return self._known[key][1]
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
    is_of_elsewhere = bool(team_id) and user.get("team_id") != team_id
    return Standing.GUEST if is_guest or is_of_elsewhere else Standing.MEMBER
