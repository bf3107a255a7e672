"""How one thing after the other happens: chosen, done, and looked at in the database."""

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from typing_extensions import override

from handlers.incoming import Incoming
from handlers.replies import Button, Choices, Form, Reply
from knowledge.filings import FilingKind
from knowledge.people import Person, same_email
from tests.stateful import account_rules, filing_rules, isolation, keeping_rules, registry_rules
from tests.stateful.filing_rules import BrokenError
from tests.stateful.found import Found, Tally
from tests.stateful.happening import Happening, Step
from tests.stateful.inputs import ENOUGH, ORGANIZATION_NAMES, PLACES
from tests.stateful.isolation import LeakError
from tests.stateful.opening import new_town
from tests.stateful.rows import Reader, Row, parsed
from tests.stateful.three_districts import DECIDERS, DISTRICTS, may_decide, person_at, person_of
from tests.stateful.town import Town

MOST_SHOWN = 60
"""How many of the buttons that were shown last can be pressed again."""

_names = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that can happen, with what has to be drawn for it."""

    name: str
    often: int
    """How often it is chosen, beside the others."""

    needs: str
    """What of `Found` there must be some of; empty where it can always happen."""

    drawn: Mapping[str, st.SearchStrategy[Any]]


ACTIONS: dict[str, Action] = {}
Method = TypeVar("Method", bound=Callable[..., None])


def happens(*, often: int, needs: str = "", **drawn: st.SearchStrategy[Any]) -> Callable[[Method], Method]:
    """Let a method of the machine be chosen."""

    def noted(method: Method) -> Method:
        name = method.__name__
        ACTIONS[name] = Action(name=name, often=often, needs=needs, drawn=drawn)
        return method

    return noted


@st.composite
def _chosen_actions(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Choose what happens next.

    Not a rule for each: Hypothesis leaves some rules out of a whole run, and here it is their sequence that matters.
    """
    often = [name for name, action in ACTIONS.items() for _ in range(action.often)]
    action = ACTIONS[draw(st.sampled_from(often))]
    return action.name, {name: draw(strategy) for name, strategy in action.drawn.items()}


class ActingMachine(RuleBasedStateMachine):
    """Three districts on one database, looked at after every step. What can happen is added by `happens`."""

    tally = Tally()

    def __init__(self) -> None:
        super().__init__()
        self.transcript: list[str] = []
        self.town: Town | None = None
        self.shown: list[Button] = []
        self.typed = itertools.count(1)
        self.found = Found()

    @initialize(is_furnished=st.booleans())
    def opens(self, *, is_furnished: bool) -> None:
        """Begin with an empty registry, or with one account in each district that is in order."""
        town = self.town = new_town(is_furnished=is_furnished, name=f"run-{next(_names)}")
        self.reader = Reader(town.path)
        self._look()
        self.still = self.reader.read(still=True)
        self.clauses = {district_id: town.clauses_of(district_id) for district_id in DISTRICTS}

    @rule(action=_chosen_actions())
    def step(self, action: tuple[str, dict[str, Any]]) -> None:
        """Let one thing happen; where it needs what is not there yet, let somebody file an account first."""
        name, drawn = action
        needs = ACTIONS[name].needs
        if needs and not getattr(self.found, needs):
            nth = drawn["nth"]
            district, place = DISTRICTS[nth % len(DISTRICTS)], PLACES[nth % len(PLACES)]
            kind = (FilingKind.NEW_ACCOUNT, FilingKind.REGISTER)[nth % 2]
            name, drawn = "files_an_account", {"district": district, "who": "teacher", "kind": kind, "place": place}
            drawn |= {
                "organization": ORGANIZATION_NAMES[nth % 5],
                "people": ENOUGH[0],
                "flaw": (),
                "is_same": "another",
            }
        getattr(self, name)(**drawn)
        self.tally.steps += 1

    @override
    def teardown(self) -> None:
        if self.town is None:
            return
        try:
            self._ends()
        finally:
            self.reader.close()
            self.town.close()
            for path in self.town.path.parent.glob(f"{self.town.path.name}*"):
                path.unlink()
        self.tally.runs += 1

    def _ends(self) -> None:
        """Look at what no step may change, however long the run."""
        if self.reader.read(still=True) != self.still:
            raise LeakError("a guideline was changed by an event")
        for statement in ("UPDATE changes SET what = 'nothing'", "DELETE FROM changes"):
            if self.rows.tables["changes"] and not self.reader.refuses(statement):
                raise BrokenError(f"the history can be rewritten: {statement}")

    # ------------------------------------------------------------ one step

    @property
    def _town(self) -> Town:
        assert self.town is not None
        return self.town

    def _step(self, happen: Callable[[], tuple[Happening, ...]]) -> None:
        """Let something happen, then read the database and compare."""
        before, happenings = self.rows, happen()
        self._look()
        step = Step(before=before, after=self.rows, happenings=happenings)
        changes = list(self.rows.since(before))
        self.transcript.append(_line(happenings))
        try:
            isolation.check(step, changes, self._town.marks, self.clauses)
            filing_rules.check(step, changes)
            keeping_rules.check(step, changes)
            account_rules.check(step, changes)
            registry_rules.check(step, changes)
            keeping_rules.check_lengths(changes, self.reader.lengths)
        except AssertionError as error:
            error.add_note("\n".join(self.transcript))
            raise
        for change in changes:
            self.tally.count(change)
        for happening in happenings:
            self._remember(happening)

    def _look(self) -> None:
        self.rows = self.reader.read()
        self.found = Found.in_rows(self.rows)

    def _remember(self, happening: Happening) -> None:
        outcome = happening.outcome
        replies: list[Reply] = [post.reply for post in outcome.posts]
        for reply in [*replies, *([outcome.reply] if outcome.reply else [])]:
            for part in reply.parts:
                if isinstance(part, Choices):
                    self.shown += part.buttons
                elif isinstance(part, Form):
                    self.shown.append(part.opened_by)
        del self.shown[:-MOST_SHOWN]

    # ------------------------------------------------------------ people and what they type

    def _filing(self, district: str, number: int) -> Row:
        return self.rows.of("filings", district)[number,]

    def _filer(self, district: str, filing: Row) -> Person:
        return person_of(district, parsed(filing, "filer")["id"])

    def _named_on(self, district: str, number: int) -> list[str]:
        """Return who is named on an account, by short name."""
        return [
            person_at(district, email).id for where, on, email in self.found.named if (where, on) == (district, number)
        ]

    def _in_charge(self, district: str, number: int) -> str:
        """Return who files for an account: somebody who has accepted, or who named the others."""
        asked = {email for where, on, email in self.found.asked if (where, on) == (district, number)}
        named = self._named_on(district, number)
        accepted = [who for who in named if same_email(person_of(district, who).email) not in asked]
        return next(iter([*accepted, "teacher"]))

    def _right(self, district: str, filing: Row) -> Person:
        """Return somebody who holds the office for a filing and has not filed it."""
        candidates = [person_of(district, who) for who in (*DECIDERS, "principal", "coach")]
        filer, details = parsed(filing, "filer"), parsed(filing, "fields")
        for person in candidates:
            if may_decide(district, filing, details, person) and not filing_rules.same_person(filer, person):
                return person
        return candidates[0]

    def _note(self, district: str) -> str:
        return f"Zq{district[0]}note{next(self.typed)} please."

    def _files(self, district: str, person: Person, carried: dict[str, Any], fields: dict[str, str]) -> None:
        form = self._town.form(district, person, "file", json.dumps(carried), fields)
        self._step(lambda: self._town.take(form))

    def _press(self, district: str, person: Person, verb: str, value: str) -> None:
        press = self._town.press(district, person, verb, value)
        self._step(lambda: self._town.take(press))

    def _decision(
        self, district: str, person: Person, verb: str, value: str, *, note: str, in_channel: bool = True
    ) -> Incoming:
        if verb in {"deny", "ask-for"}:
            fields = {"note": f"{note} {self._note(district)}" if note else ""}
            return self._town.form(district, person, verb, value, fields, in_channel=in_channel)
        return self._town.press(district, person, verb, value, in_channel=in_channel)


def _line(happenings: tuple[Happening, ...]) -> str:
    """Say a step so that it can be done again by hand."""
    said = [
        f"{each.district_id}: {each.person.id if each.person else 'nobody'} {each.verb} {each.value} {each.fields}"
        for each in happenings
    ]
    return " | ".join(said)
