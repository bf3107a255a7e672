"""What is said in the talk between a case's opener and the specialists, on both sides, and whether it arrived."""

from collections.abc import Mapping, Sequence

from handlers.replies import MarkedText, Mentioned, Mentions, Paragraph, Part, Reply, Span
from handlers.wording.names import hour, person_name
from knowledge.cases import Arrival, Case, CaseStep, TimelineEntry
from knowledge.checking.signs import masked_types
from knowledge.district import District
from knowledge.people import Person
from knowledge.search.danger import tells_of_danger

CUT = " … (cut here)"
"""How a message ends of which only the beginning went on."""

ATTACHED = "(attached, not copied:"
"""How the names of attachments begin behind what was said."""


def with_names(words: str, attachments: Sequence[str]) -> str:
    """Return what was said with the names of what was attached, as it stands in the timeline."""
    return f"{words}\n{ATTACHED} {', '.join(attachments)})".strip() if attachments else words


_MASKED = "Personal data in it was masked before it was sent."


def to_person(case: Case, who: Person, text: str, attachments: Sequence[str], *, district: District) -> Reply:
    """Bring a specialist's words to the person."""
    parts: list[Part] = [
        MarkedText(
            label=f"{person_name(who)}, for the {district.specialist.title}, on {case.name}", spans=(Span(text=text),)
        )
    ]
    return Reply(parts=(*parts, *_attached(attachments, who)))


def from_person(case: Case, who: Person, text: str, attachments: Sequence[str], *, woken: Sequence[Mentioned]) -> Reply:
    """Bring the person's words into the thread of the case."""
    parts: list[Part] = [MarkedText(label=f"{person_name(who)} on {case.name}", spans=(Span(text=text),))]
    parts += _attached(attachments, who)
    if woken:
        parts.append(Mentions(people=tuple(woken)))
    if not case.is_live:
        parts.append(Paragraph(text=f"{case.name} is resolved. Open it again on its card if there is something to do."))
    return Reply(parts=tuple(parts))


def _attached(names: Sequence[str], who: Person) -> list[Part]:
    if not names:
        return []
    listed = ", ".join(names)
    return [
        Paragraph(
            text=f"{person_name(who)} attached: {listed}. I name attachments and do not copy them; ask for it another way if you need it."
        )
    ]


def sent(entry: TimelineEntry, to: Mapping[str, str], *, district: District) -> Reply:
    """Tell the writer what became of a message; edited as soon as that is known.

    Parameters
    ----------
    to
        By receipt, the name of who was to read it.
    """
    parts: list[Part] = [Paragraph(text=line) for line in _arrivals(entry, to, district)]
    if masked_types(entry.text):
        parts += [Paragraph(text=_MASKED), MarkedText(label="As it was sent", spans=(Span(text=entry.text),))]
    if entry.text.partition(f"\n{ATTACHED}")[0].endswith(CUT):
        parts.append(Paragraph(text="Only the first 2,000 characters were sent. Send the rest as another message."))
    if ATTACHED in entry.text:
        parts.append(Paragraph(text="What you attached did not go along: it is only named. Send it another way."))
    if entry.step is CaseStep.FROM_PERSON and tells_of_danger(entry.text):
        parts.insert(0, Paragraph(text=district.emergency_wording, is_headline=True))
    return Reply(parts=tuple(parts))


def _arrivals(entry: TimelineEntry, to: Mapping[str, str], district: District) -> list[str]:
    lines = []
    for receipt, name in to.items():
        arrival = entry.arrivals.get(receipt, Arrival.UNDER_WAY.value)
        if arrival.startswith(Arrival.NOT_DELIVERED.value):
            lines.append(f"Not delivered to {name}: {_why(arrival.partition(': ')[2])}")
        elif arrival == Arrival.DELIVERED.value:
            lines.append(f"Delivered to {name}. Written at {hour(entry.at, district)}.")
        else:
            lines.append(f"On its way to {name}.")
    return lines


def _why(reason: str) -> str:
    known = {
        "left": "they have left, or never wrote to Postwise. Reach them by e-mail or phone.",
        "channel_not_found": "the conversation is gone. Reach them by e-mail or phone.",
        "is_archived": "the channel is archived. Whoever runs Postwise can name another.",
        "not_in_channel": "Postwise is not in that channel any more. Invite it again.",
        "user_disabled": "their account is switched off. Reach them by e-mail or phone.",
        "restricted_action": "the workspace does not let Postwise write there.",
    }
    return known.get(
        reason,
        f"their chat refused it ({reason or 'no reason given'}). It stands in the timeline; reach them another way.",
    )


def not_delivered(case: Case, name: str, reason: str) -> Reply:
    """Tell the other side's writer that something did not arrive, as a message that is noticed."""
    return Reply(
        parts=(
            Paragraph(text=f"{case.name}: your message was not delivered to {name}: {_why(reason)}", is_headline=True),
        )
    )


def write_under(case: Case) -> Reply:
    """Answer what was written under the card of a case that is worked on with another."""
    return Reply(
        parts=(
            Paragraph(
                text=f"That was sent to nobody. It is worked on as one with {case.name}: write under its card.",
                is_headline=True,
            ),
        )
    )


def noted(case: Case) -> Reply:
    """Confirm a note that stays among the specialists."""
    return Reply(
        parts=(Paragraph(text=f"Noted on {case.name}, for specialists and deputies only. Nobody else was told."),)
    )


def not_sent(*, district: District) -> Reply:
    """Tell somebody in the channel who does not work on cases that their words stayed there."""
    return Reply(
        parts=(
            Paragraph(
                text=f"That was not sent on: only the {district.specialist.title} and deputies answer here. It stays in this thread.",
                is_headline=True,
            ),
        )
    )


def nothing_said() -> Reply:
    """Answer an empty message in a thread."""
    return Reply(parts=(Paragraph(text="There was nothing in it to send. Write it in words.", is_headline=True),))
