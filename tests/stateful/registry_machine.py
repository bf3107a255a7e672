"""Random people of three districts who file, decide, answer, leave and try what they may not, step by step.

After every step the database is read and compared with what may have happened: `isolation`, `filing_rules`,
`account_rules` and `registry_rules` say what that is.
"""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from knowledge.filings import FilingForce, FilingKind
from tests.stateful.acting import MOST_SHOWN, ActingMachine, happens
from tests.stateful.found import chosen_of
from tests.stateful.inputs import (
    ACCOUNTS,
    COMMANDS,
    ENOUGH,
    FLAWS,
    HANDLES,
    HOSTILE,
    NOTES,
    ON_AN_ACCOUNT,
    ORGANIZATION_NAMES,
    PEOPLE,
    PLACES,
    QUESTIONS,
    VERBS,
    filled_in,
    people_text,
)
from tests.stateful.rows import Row, parsed
from tests.stateful.three_districts import (
    DECIDERS,
    DISTRICTS,
    PINECREST,
    REDLANDS,
    RESIDENTS,
    STAFF,
    person_at,
    person_of,
)

districts = st.sampled_from((REDLANDS, PINECREST, *DISTRICTS))
anybody = st.sampled_from((*STAFF, *STAFF, *RESIDENTS, "visitor"))
chosen = st.integers(min_value=0, max_value=11)
"""Which of those that are there at the moment: filings, accounts or people of all three districts."""


class RegistryMachine(ActingMachine):
    """Three districts on one database, and whatever people do to them."""

    # ------------------------------------------------------------ filing

    @happens(
        often=4,
        district=districts,
        who=anybody,
        kind=st.sampled_from((FilingKind.NEW_ACCOUNT, FilingKind.REGISTER, FilingKind.REGISTER)),
        organization=st.sampled_from(ORGANIZATION_NAMES),
        place=st.sampled_from(PLACES),
        people=st.sampled_from(ENOUGH),
        flaw=FLAWS,
        is_same=st.sampled_from(("another", "another", "another", "", "1")),
    )
    def files_an_account(self, district: str, who: str, kind: FilingKind, **said: Any) -> None:
        """File a new account, or one that exists, mostly as the form wants it."""
        platform, handle = said.pop("place")
        typed = said | {"platform": platform, "handle": handle, "supervisor": "principal"}
        if typed.pop("flaw"):
            name, flawed = said["flaw"]
            typed[name] = flawed
        supervisor = typed.pop("supervisor")
        fields = filled_in(district, **typed) | {
            "supervisor": people_text(district, (supervisor,)) if supervisor else "",
            "page_type": "page",
            "note": self._note(district),
        }
        self._files(district, person_of(district, who), {"kind": kind.value}, fields)

    @happens(
        often=8,
        needs="accounts",
        nth=chosen,
        who=st.sampled_from((*("one of them",) * 6, "specialist", "specialist", "teacher", "guest", "visitor")),
        kind=st.sampled_from(ON_AN_ACCOUNT),
        account=st.sampled_from((*(None,) * 16, *ACCOUNTS)),
        people=PEOPLE,
        organization=st.sampled_from(("", *ORGANIZATION_NAMES)),
        handle=st.sampled_from(HANDLES),
    )
    def files_a_change(self, nth: int, who: str, kind: FilingKind, account: str | None, **typed: Any) -> None:
        """File something about an account that is there, or about what is none."""
        district, number = chosen_of(self.found.accounts, nth)
        named = self._named_on(district, number)
        fields = filled_in(district, **typed, account=str(number) if account is None else account)
        others = [*typed["people"][:1], *named[1:]]
        removed = people_text(district, (named[nth % len(named)] if named else "coach",))
        successor = people_text(district, (others[nth % len(others)],) if others else ())
        fields |= {"administrator": removed, "successor": successor, "note": self._note(district)}
        by = self._in_charge(district, number) if who == "one of them" else who
        if kind is FilingKind.ASKED_TO_REMOVE and nth % 3:
            by = "specialist"
        self._files(district, person_of(district, by), {"kind": kind.value}, fields)

    @happens(
        often=1,
        district=districts,
        who=anybody,
        logo=st.sampled_from(("district", "school", "", "tree")),
        principal=st.sampled_from(("principal", "coach", "ghost", "")),
    )
    def asks_for_a_logo(self, district: str, who: str, logo: str, principal: str) -> None:
        """Ask for the use of a logo."""
        fields = filled_in(district, organization="{own}logo club") | {
            "logo": logo,
            "principal": people_text(district, (principal,)) if principal else "",
            "note": self._note(district),
        }
        self._files(district, person_of(district, who), {"kind": FilingKind.LOGO.value}, fields)

    @happens(
        often=3,
        needs="open_filings",
        nth=chosen,
        is_filer=st.sampled_from((True, True, True, False)),
        people=st.sampled_from((None, None, *ENOUGH, ("coach",))),
        handle=st.sampled_from((None, *HANDLES)),
        organization=st.sampled_from((None, *ORGANIZATION_NAMES)),
        as_kind=st.sampled_from((*(None,) * 20, *FilingKind)),
    )
    def files_again(self, nth: int, is_filer: bool, as_kind: FilingKind | None, **typed: Any) -> None:
        """Mend a filing that something was asked about, or that waits; or try it with another's, or as another kind."""
        district, number = chosen_of(self.found.asked_filings or self.found.open_filings, nth)
        found = self._filing(district, number)
        details = parsed(found, "fields")
        for name in ("organization", "handle"):
            if typed[name] is None:
                typed[name] = details[name]
        people = typed.pop("people")
        fields = filled_in(
            district,
            **typed,
            platform=details["platform"],
            account=str(found["account_number"] or 1),
            is_same="another",
        )
        before = "\n".join(f"{person['name']}, {person['email']}" for person in details["administrators"])
        named = people_text(district, people) if people is not None else before
        one, supervisor = named.partition("\n")[0], people_text(district, ("principal",))
        fields |= {"administrators": named, "administrator": one, "successor": one, "logo": details["logo"]}
        fields |= {"supervisor": supervisor, "principal": supervisor, "page_type": "page", "note": self._note(district)}
        kind = as_kind.value if as_kind else found["kind"]
        by = self._filer(district, found) if is_filer else person_of(district, "office")
        self._files(district, by, {"kind": kind, "filing": number}, fields)

    @happens(often=2, needs="open_filings", nth=chosen, is_filer=st.booleans())
    def withdraws(self, nth: int, is_filer: bool) -> None:
        """Take a filing back, one's own or another's."""
        district, number = chosen_of(self.found.open_filings, nth)
        found = self._filing(district, number)
        by = self._filer(district, found) if is_filer else person_of(district, "office")
        self._press(district, by, "withdraw", f"{number}.{found['revision']}")

    # ------------------------------------------------------------ deciding

    @happens(
        often=8,
        needs="open_filings",
        nth=chosen,
        who=st.sampled_from((*("right",) * 5, "filer", "filer", *DECIDERS, "teacher", "principal", "visitor", "guest")),
        answer=st.sampled_from(("yes", "yes", "yes", "no", "ask", "ask", "approve", "acknowledge")),
        stale=st.sampled_from((0, 0, 0, 0, 1, -1)),
        note=NOTES,
        in_channel=st.booleans(),
    )
    def decides(self, nth: int, who: str, answer: str, stale: int, **how: Any) -> None:
        """Press a button of a card, the right person or another, the newest card or an older one."""
        district, number = chosen_of(self.found.waiting_filings or self.found.open_filings, nth)
        found = self._filing(district, number)
        holders = {"right": self._right(district, found), "filer": self._filer(district, found)}
        person = holders.get(who) or person_of(district, who)
        decision = self._decision(
            district, person, _verb(found, answer), f"{number}.{found['revision'] + stale}", **how
        )
        self._step(lambda: self._town.take(decision))

    @happens(
        often=1,
        needs="waiting_filings",
        nth=chosen,
        one=st.sampled_from(("yes", "no", "ask")),
        other=st.sampled_from(("yes", "no", "ask", "withdraw")),
    )
    def two_decide_at_once(self, nth: int, one: str, other: str) -> None:
        """Specialist and deputy press at the same moment, or one of them and the filer."""
        district, number = chosen_of(self.found.waiting_filings, nth)
        found = self._filing(district, number)
        value = f"{number}.{found['revision']}"
        by = self._filer(district, found) if other == "withdraw" else person_of(district, "deputy")
        first = self._decision(district, person_of(district, "specialist"), _verb(found, one), value, note="Now.")
        second = self._decision(district, by, _verb(found, other), value, note="Now.")
        self._step(lambda: self._town.take(first, second))

    # ------------------------------------------------------------ answering

    @happens(
        often=5,
        needs="asked",
        nth=chosen,
        who=st.sampled_from(
            ("themselves", "themselves", "themselves", "everybody", "twin", "guest", "nameless", "visitor")
        ),
        verb=st.sampled_from(("accept", "accept", "accept", "decline")),
    )
    def answers(self, nth: int, who: str, verb: str) -> None:
        """Say yes or no to administering an account, everybody who was asked, one of them, or somebody else."""
        district, number, email = chosen_of(self.found.asked, nth)
        if who not in {"themselves", "everybody"}:
            self._press(district, person_of(district, who), verb, str(number))
            return
        for other_district, other_number, other_email in self.found.asked:
            if (other_district, other_number) == (district, number) and (who == "everybody" or other_email == email):
                self._press(district, person_at(district, other_email), verb, str(number))

    @happens(
        often=2,
        needs="named",
        nth=chosen,
        who=st.sampled_from(("themselves", "themselves", "themselves", "teacher", "visitor")),
        verb=st.sampled_from(("confirm", "confirm", "not-mine")),
    )
    def confirms(self, nth: int, who: str, verb: str) -> None:
        """Say whether an account is still theirs."""
        district, number, email = chosen_of(self.found.named, nth)
        person = person_at(district, email) if who == "themselves" else person_of(district, who)
        self._press(district, person, verb, str(number))

    @happens(
        often=2,
        needs="accounts",
        nth=chosen,
        who=st.sampled_from(("one of them", "one of them", "teacher", "specialist", "guest", "visitor")),
        handle=st.sampled_from(HANDLES),
    )
    def sends_the_address(self, nth: int, who: str, handle: str) -> None:
        """Say where an account is, once it is there."""
        district, number = chosen_of(self.found.expected or self.found.accounts, nth)
        by = self._in_charge(district, number) if who == "one of them" else who
        fields = {"handle": filled_in(district, handle=handle)["handle"]}
        form = self._town.form(district, person_of(district, by), "send-address", str(number), fields)
        self._step(lambda: self._town.take(form))

    @happens(
        often=1,
        needs="named",
        nth=chosen,
        by=st.sampled_from(("platform", "specialist", "specialist", "teacher", "visitor")),
    )
    def leaves(self, nth: int, by: str) -> None:
        """Somebody leaves: the platform says it, or the specialist, or somebody who may not."""
        district, _, email = chosen_of(self.found.named, nth)
        if by == "platform":
            self._step(lambda: self._town.leave(district, person_at(district, email)))
            return
        form = self._town.form(district, person_of(district, by), "left", "", {"administrator": email})
        self._step(lambda: self._town.take(form))

    # ------------------------------------------------------------ time, questions, mischief

    @happens(often=1, hours=st.sampled_from((1, 24, 72, 24 * 20, 24 * 380)))
    def time_passes(self, hours: int) -> None:
        """Nothing happens for a while; what falls due meanwhile waits to be looked at."""
        self._town.clock.move_to(self._town.clock.now() + timedelta(hours=hours))
        self.transcript.append(f"{hours} hours pass")

    @happens(often=3, nth=chosen)
    def a_reminder_falls_due(self, nth: int) -> None:
        """Something is looked at again, the next thing or one of those that follow."""
        district, reminder_id, due = chosen_of(self.found.reminders, nth)
        self._step(lambda: self._town.look_at(district, reminder_id, due))

    @happens(
        often=3,
        district=districts,
        who=st.sampled_from(("specialist", "specialist", "deputy", "teacher", "coach", "guest", "visitor", "nameless")),
        text=COMMANDS | QUESTIONS,
    )
    def looks_something_up(self, district: str, who: str, text: str) -> None:
        """Give a command, or ask in plain words, about one's own district or about another."""
        typed = filled_in(district, organization=text)["organization"]
        person = person_of(district, who)
        if typed.startswith(("/", "help")):
            self._step(lambda: self._town.take(self._town.command(district, person, typed)))
        else:
            self._step(lambda: self._town.asks(district, person, typed))

    @happens(often=2, district=districts, who=anybody, nth=st.integers(min_value=0, max_value=MOST_SHOWN))
    def presses_what_was_shown(self, district: str, who: str, nth: int) -> None:
        """Press a button that somebody was shown, perhaps somebody else, perhaps in another district."""
        if not self.shown:
            return
        button = self.shown[-1 - nth % len(self.shown)]
        self._press(district, person_of(district, who), button.verb, button.value)

    @happens(
        often=2,
        district=districts,
        who=anybody,
        kind=st.none() | st.sampled_from(FilingKind),
        name=st.sampled_from(
            ("organization", "platform", "handle", "administrators", "administrator", "account", "note", "successor")
        ),
        hostile=HOSTILE,
        filing=st.sampled_from((None, None, None, 1, -1, "1", 10**30, [], "x")),
        verb=st.sampled_from(VERBS),
    )
    def tries_something_hostile(
        self, district: str, who: str, kind: FilingKind | None, verb: str, hostile: str, **form: Any
    ) -> None:
        """Press what no card of ours ever had on it, or send a form with something in it that none asks for."""
        person = person_of(district, who)
        if kind is None:
            self._press(district, person, verb, hostile)
            return
        fields = filled_in(
            district,
            organization="{own}band",
            platform="instagram",
            handle="@{own}band",
            people=("coach", "office", "pat"),
            account="1",
        )
        carried = {"kind": kind.value} | ({} if form["filing"] is None else {"filing": form["filing"]})
        self._files(district, person, carried, fields | {form["name"]: hostile})

    @happens(often=3)
    def the_same_event_comes_again(self) -> None:
        """A platform delivers an event a second time."""
        last = self._town.last
        if last is not None:
            self._step(lambda: self._town.take(last))


def _verb(filing: Row, answer: str) -> str:
    match answer:
        case "yes":
            return "approve" if filing["force"] == FilingForce.APPROVAL.value else "acknowledge"
        case "no":
            return "deny"
        case "ask":
            return "ask-for"
        case _:
            return answer
