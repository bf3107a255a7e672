"""The weekly digest and the lists that a specialist asks for."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from handlers.replies import Bullets, Paragraph, Part, Reply
from handlers.wording.names import day, took
from handlers.wording.tables import csv_file
from knowledge.alike import Group
from knowledge.cases import Case, CaseTimes
from knowledge.district import District
from knowledge.figures import CaseFigures

MOST_GROUPS_SHOWN = 8


def digest(
    figures: CaseFigures, unanswered: Sequence[Group], live: Sequence[Case], *, district: District, is_weekly: bool
) -> Reply:
    """Tell the figures of a week.

    Parameters
    ----------
    unanswered
        Questions that the guidelines did not answer, put together by likeness, the most frequent first.
    live
        The cases that are open or claimed now.
    is_weekly
        True for the digest that comes by itself.
    """
    first = day(figures.since, district)
    last = day(figures.until - timedelta(seconds=1), district)
    title = "Your week" if is_weekly else "The last seven days"
    parts: list[Part] = [Paragraph(text=f"{title}: {first} to {last}", is_headline=True)]
    opened = sum(figures.opened.values())
    lines = [
        f"{_counted(opened, 'case')} opened{_by_kind(figures)}, {figures.resolved} resolved, {figures.live} open now."
    ]
    lines += [
        f"Time to claim, {kind.value}: {took(waited)} (median)." for kind, waited in figures.time_to_claim.items()
    ]
    lines += [_of_school(school, count, figures) for school, count in figures.by_school.items()]
    parts.append(Bullets(items=tuple(lines)))
    if live:
        waiting = ", ".join(f"{case.name} ({case.kind.value})" for case in live[:20])
        parts.append(Paragraph(text=f"Still open: {waiting}."))
    if unanswered:
        parts.append(Paragraph(text="Asked, and the guidelines did not answer:"))
        parts.append(Bullets(items=tuple(_group(group) for group in unanswered[:MOST_GROUPS_SHOWN])))
        parts.append(
            Paragraph(text="Write /postwise silent csv for all of them. A ruling of yours can be saved as a precedent.")
        )
    return Reply(parts=tuple(parts))


def _of_school(school: str, count: int, figures: CaseFigures) -> str:
    waited = figures.time_to_claim_by_school.get(school)
    return f"{school}: {_counted(count, 'case')}{f', claimed after {took(waited)} (median)' if waited is not None else ''}."


def unanswered_list(unanswered: Sequence[Group]) -> Reply:
    """List the questions that the guidelines did not answer."""
    if not unanswered:
        return Reply(
            parts=(Paragraph(text="Every question of the last 30 days found a clause, or was none.", is_headline=True),)
        )
    return Reply(
        parts=(
            Paragraph(text="Asked in the last 30 days, and the guidelines did not answer:", is_headline=True),
            Bullets(items=tuple(_group(group) for group in unanswered[:30])),
        )
    )


def _group(group: Group) -> str:
    text = " ".join(group.example.split())
    return f"{group.count}x {text[:200]}{'…' if len(text) > 200 else ''}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _by_kind(figures: CaseFigures) -> str:
    named = [f"{count} {kind.value}" for kind, count in figures.opened.items() if count]
    return f" ({', '.join(named)})" if named else ""


def cases_csv(cases: Sequence[CaseTimes], *, district: District) -> Reply:
    """Give the times of every case as a file; nothing of what was said is in it."""

    def rows() -> Iterable[Sequence[str]]:
        yield ("case", "kind", "state", "school", "opened", "first claimed", "resolved", "minutes to claim", "outcome")
        for case in cases:
            claimed, zone = case.first_claimed_at, district.hours.zone
            yield (
                f"C-{case.number}",
                case.kind.value,
                case.state.value,
                case.school,
                case.opened_at.astimezone(zone).isoformat(timespec="minutes"),
                claimed.astimezone(zone).isoformat(timespec="minutes") if claimed else "",
                case.resolved_at.astimezone(zone).isoformat(timespec="minutes") if case.resolved_at else "",
                str(round((claimed - case.opened_at).total_seconds() / 60)) if claimed else "",
                case.outcome.value if case.outcome else "",
            )

    return Reply(
        parts=(
            Paragraph(text=f"{_counted(len(cases), 'case')}, without what was said in them.", is_headline=True),
            csv_file(f"cases-{district.id}.csv", rows()),
        )
    )


def unanswered_csv(unanswered: Sequence[Group], *, district: District) -> Reply:
    """Give the questions that the guidelines did not answer as a file."""
    rows = [("times asked", "for example"), *((str(group.count), group.example) for group in unanswered)]
    return Reply(
        parts=(
            Paragraph(
                text=f"{_counted(len(unanswered), 'question')} of the last 30 days, personal data masked.",
                is_headline=True,
            ),
            csv_file(f"not-answered-{district.id}.csv", rows),
        )
    )
