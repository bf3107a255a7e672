"""The forms of cases: what happened, how it ended, who has it from now on."""

from collections.abc import Sequence

from handlers.replies import (
    Button,
    ChoiceField,
    FieldProblem,
    Form,
    FormField,
    Option,
    Paragraph,
    Reply,
    TextField,
)
from handlers.wording.cases import OUTCOMES
from handlers.wording.escalations import safety_first
from handlers.wording.names import hour, person_name
from knowledge.cases import LONGEST_SAID_CHARACTERS, LONGEST_SUMMARY_CHARACTERS, Case, CaseKind
from knowledge.district import District
from knowledge.people import Person

KIND_OPTIONS = (
    Option(value=CaseKind.SAFETY.value, label="Somebody may be in danger"),
    Option(value=CaseKind.CONTROVERSY.value, label="It is spreading, or may soon"),
    Option(value=CaseKind.QUESTION.value, label="A question, it can wait"),
)


def report_form(
    values: dict[str, str],
    *,
    district: District,
    question_id: str,
    problems: dict[str, str],
    known: Case | None,
    was_cut: bool = False,
) -> Reply:
    """Ask what happened; where danger is told of, the emergency wording stands before it.

    Parameters
    ----------
    values
        By field name, what stands in it already, personal data masked.
    problems
        By field name, what is wrong with it.
    known
        A live case that tells of the same, to be asked whether it is the same.
    """

    def problem(name: str) -> FieldProblem | None:
        return FieldProblem(text=problems[name]) if name in problems else None

    schools = district.cases.schools
    fields: list[FormField] = [
        TextField(
            name="happened",
            label="What happened?",
            hint="Only the beginning fits; the rest was cut. Shorten it to what matters."
            if was_cut
            else "Leave pupils' names out; personal data is masked before it is sent.",
            value=values.get("happened", ""),
            is_multiline=True,
            max_characters=LONGEST_SUMMARY_CHARACTERS,
            problem=problem("happened"),
        ),
        ChoiceField(
            name="kind",
            label="How urgent is it?",
            options=KIND_OPTIONS,
            value=values.get("kind", CaseKind.CONTROVERSY.value),
            hint=district.emergency_wording,
            problem=problem("kind"),
        ),
        TextField(
            name="links",
            label="Links",
            hint="Web addresses of the posts, with a space between them.",
            value=values.get("links", ""),
            is_required=False,
            max_characters=1000,
        ),
        TextField(
            name="account",
            label="Which account?",
            hint="Handle or name, if one of ours is concerned.",
            value=values.get("account", ""),
            is_required=False,
        ),
    ]
    if schools:
        options = tuple(Option(value=name, label=name) for name in schools)
        fields.append(
            ChoiceField(
                name="school",
                label="School or office",
                options=options,
                value=values.get("school", ""),
                is_required=False,
            )
        )
    else:
        fields.append(
            TextField(
                name="school",
                label="School or office",
                value=values.get("school", ""),
                is_required=False,
                max_characters=100,
            )
        )
    if known is not None:
        fields.append(
            ChoiceField(
                name="is_same",
                label=f"{known.name} tells of the same since {hour(known.opened_at, district)}. Is it this?",
                options=(
                    Option(value=str(known.number), label=f"Yes, add mine to {known.name}"),
                    Option(value="another", label="No, it is another matter"),
                ),
                value=values.get("is_same", ""),
                problem=problem("is_same"),
            )
        )
    kind = CaseKind.SAFETY if values.get("kind") == CaseKind.SAFETY.value else CaseKind.QUESTION
    return Reply(
        parts=(
            *safety_first(kind, district),
            Form(
                title=f"Bring it before the {district.specialist.title}",
                verb="escalate",
                value=question_id,
                fields=tuple(fields),
                submit_label="Send it",
                opened_by=Button(label="Change it first", verb="escalate-edit", value=question_id),
                has_problems=bool(problems),
            ),
        )
    )


def note_form(case: Case, *, is_empty: bool = False) -> Reply:
    """Ask for a note that stays among the specialists."""
    return _form(
        case,
        title=f"A note on {case.name}",
        verb="case-note",
        submit_label="Add the note",
        field=TextField(
            name="note",
            label="Note, for specialists and deputies only",
            hint="Leave pupils' names out; personal data is masked.",
            is_multiline=True,
            max_characters=LONGEST_SAID_CHARACTERS,
            problem=FieldProblem(text="Write the note.") if is_empty else None,
        ),
    )


def resolve_form(case: Case, *, is_empty: bool = False, chosen: str = "") -> Reply:
    """Ask how a case ended."""
    return Reply(
        parts=(
            Form(
                title=f"Resolve {case.name}",
                verb="case-resolve",
                value=str(case.number),
                fields=(
                    ChoiceField(
                        name="outcome",
                        label="How did it end?",
                        options=tuple(Option(value=each.value, label=words) for each, words in OUTCOMES.items()),
                        value=chosen,
                        problem=FieldProblem(text="Choose how it ended.") if is_empty and not chosen else None,
                    ),
                    TextField(
                        name="note",
                        label=f"What {person_name(case.opener)} should read",
                        hint="Your answer or what was done, in your own words. It can be kept as a precedent.",
                        is_multiline=True,
                        max_characters=LONGEST_SAID_CHARACTERS,
                        problem=FieldProblem(text="Say what was decided or done.") if is_empty and chosen else None,
                    ),
                ),
                submit_label="Resolve",
                opened_by=Button(label="Resolve", verb="case-resolve", value=str(case.number)),
                has_problems=is_empty,
            ),
        )
    )


def take_over_form(case: Case, *, is_empty: bool = False) -> Reply:
    """Ask why a case is taken from whoever has it."""
    who = person_name(case.claimed_by) if case.claimed_by else "somebody"
    return _form(
        case,
        title=f"Take {case.name} over from {who}",
        value=f"{case.number}.{case.turn}",
        verb="case-take-over",
        submit_label="Take it over",
        field=TextField(
            name="note",
            label="Why?",
            hint=f"{who} is told, and it stands in the timeline.",
            max_characters=300,
            problem=FieldProblem(text="Say why, in a few words.") if is_empty else None,
        ),
    )


def hand_over_form(case: Case, people: Sequence[Person], *, is_empty: bool = False) -> Reply:
    """Ask to whom a case is handed."""
    return _form(
        case,
        title=f"Hand {case.name} over",
        verb="case-hand-over",
        submit_label="Hand it over",
        field=ChoiceField(
            name="deputy",
            label="To whom?",
            options=tuple(Option(value=person.email, label=person_name(person)) for person in people),
            problem=FieldProblem(text="Choose a specialist or deputy.") if is_empty else None,
        ),
    )


def nobody_to_hand_to(case: Case) -> Reply:
    """Say that nobody else is known who works on cases."""
    return Reply(
        parts=(
            Paragraph(text=f"There is nobody to hand {case.name} over to. It is still yours.", is_headline=True),
            Paragraph(
                text="Name deputies in the district's settings, as [[people]] with their e-mail address; each must have "
                "written to Postwise once. Or give it back to everybody."
            ),
        )
    )


def _form(
    case: Case, *, title: str, verb: str, submit_label: str, field: TextField | ChoiceField, value: str = ""
) -> Reply:
    return Reply(
        parts=(
            Form(
                title=title,
                verb=verb,
                value=value or str(case.number),
                fields=(field,),
                submit_label=submit_label,
                opened_by=Button(label=submit_label, verb=verb, value=str(case.number)),
                has_problems=field.problem is not None,
            ),
        )
    )
