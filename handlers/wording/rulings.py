"""A specialist's ruling: how it is saved, shown beside a clause, listed and withdrawn."""

from collections.abc import Sequence

from handlers.replies import (
    Button,
    ChoiceField,
    Choices,
    FieldProblem,
    Form,
    Option,
    Paragraph,
    Part,
    Reply,
    Ruling,
    TextField,
)
from knowledge.cases import Case
from knowledge.district import District
from knowledge.guidelines import Clause
from knowledge.precedents import LONGEST_QUESTION_CHARACTERS, LONGEST_RULING_CHARACTERS, Precedent

NO_CLAUSE = "none"
ALL_CLAUSES = "all"


def shown(precedent: Precedent, *, district: District) -> Ruling:
    """Draw a ruling, marked and dated as the specialist's."""
    local = precedent.ruled_at.astimezone(district.hours.zone)
    return Ruling(
        name=precedent.name,
        by=district.specialist.title,
        on=f"{local:%B} {local.day}, {local.year}",
        question=precedent.question,
        text=precedent.ruling,
    )


def beside(reply: Reply, precedents: Sequence[Precedent], *, district: District, is_silent: bool) -> Reply:
    """Put rulings into an answer, behind its clauses.

    Parameters
    ----------
    is_silent
        True where the guidelines do not answer: then the ruling is all there is.
    """
    if not precedents:
        return reply
    words = (
        f"The guidelines do not cover this. The {district.specialist.title} has ruled on a question like it:"
        if is_silent
        else f"The {district.specialist.title} has ruled on a question like yours:"
    )
    rulings: list[Part] = [Paragraph(text=words, is_headline=is_silent)]
    rulings += [shown(precedent, district=district) for precedent in precedents]
    parts = list(reply.parts)
    if is_silent:
        # The sentence that says so stands in the ruling's own introduction; what is behind it offers the specialist.
        return Reply(parts=(*rulings, *parts[1:]))
    at = next((place for place, part in enumerate(parts) if isinstance(part, Choices)), len(parts))
    return Reply(parts=(*parts[:at], *rulings, *parts[at:]))


def form(
    case: Case,
    clauses: Sequence[Clause],
    *,
    values: dict[str, str],
    problems: dict[str, str],
) -> Reply:
    """Ask the specialist to review the question and the ruling before they are kept."""

    def problem(name: str) -> FieldProblem | None:
        return FieldProblem(text=problems[name]) if name in problems else None

    options = [Option(value=clause.id, label=_cited(clause)) for clause in clauses]
    if len(clauses) > 1:
        options.append(Option(value=ALL_CLAUSES, label="All of these"))
    options.append(Option(value=NO_CLAUSE, label="No clause: the guidelines are silent"))
    return Reply(
        parts=(
            Form(
                title=f"Save {case.name} as a precedent",
                verb="precedent",
                value=str(case.number),
                fields=(
                    TextField(
                        name="question",
                        label="The question, as anybody may read it",
                        hint="In general words: no names, no school, nothing by which somebody is recognised.",
                        value=values.get("question", ""),
                        is_multiline=True,
                        max_characters=LONGEST_QUESTION_CHARACTERS,
                        problem=problem("question"),
                    ),
                    TextField(
                        name="ruling",
                        label="Your ruling",
                        hint="Shown from now on as yours, with today's date, beside the clause.",
                        value=values.get("ruling", ""),
                        is_multiline=True,
                        max_characters=LONGEST_RULING_CHARACTERS,
                        problem=problem("ruling"),
                    ),
                    ChoiceField(
                        name="rests_on",
                        label="Which clause does it rest on?",
                        options=tuple(options),
                        value=values.get("rests_on", ""),
                        problem=problem("rests_on"),
                    ),
                ),
                submit_label="Save the precedent",
                opened_by=Button(label="Save as precedent", verb="precedent", value=str(case.number)),
                has_problems=bool(problems),
            ),
        )
    )


def _cited(clause: Clause) -> str:
    return f"{clause.section}, clause {clause.id.rpartition('/')[2]}"


def saved(precedent: Precedent, *, district: District) -> Reply:
    """Say that a ruling is kept, and show it as everybody will read it."""
    return Reply(
        parts=(
            Paragraph(text=f"Saved as {precedent.name}. From now on staff read it like this:", is_headline=True),
            shown(precedent, district=district),
            Choices(buttons=(withdraw_button(precedent),)),
        )
    )


def withdraw_button(precedent: Precedent) -> Button:
    """The button by which a ruling is taken back."""
    return Button(label=f"Withdraw {precedent.name}", verb="precedent-withdraw", value=str(precedent.number))


def withdrawn(precedent: Precedent) -> Reply:
    """Say that a ruling is shown no more."""
    return Reply(
        parts=(Paragraph(text=f"{precedent.name} is withdrawn. Nobody is shown it any more.", is_headline=True),)
    )


def listed(precedents: Sequence[Precedent], lapsed: Sequence[Precedent], *, district: District) -> Reply:
    """List the rulings that stand, and those whose clause has changed since."""
    if not precedents and not lapsed:
        return Reply(
            parts=(
                Paragraph(text="No precedent is saved. Press Save as precedent on a resolved case.", is_headline=True),
            )
        )
    stand = "1 precedent stands" if len(precedents) == 1 else f"{len(precedents)} precedents stand"
    parts: list[Part] = [Paragraph(text=f"{stand}.", is_headline=True)]
    for precedent in precedents[-10:]:
        parts += [shown(precedent, district=district), Choices(buttons=(withdraw_button(precedent),))]
    if len(precedents) > 10:
        parts.append(Paragraph(text=f"{len(precedents) - 10} older ones are not listed here; they stand all the same."))
    if lapsed:
        parts.append(
            Paragraph(
                text="Shown to nobody, because a clause that they rest on reads otherwise now. Rule anew, or withdraw them:"
            )
        )
        for precedent in lapsed[-10:]:
            parts += [shown(precedent, district=district), Choices(buttons=(withdraw_button(precedent),))]
    return Reply(parts=tuple(parts))
