"""What a form says is read strictly, and only the district's own clauses and settings are asked of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.district import District, read_districts
from knowledge.filing_checks import Fault, fields_of, is_required, read_form
from knowledge.filings import Details, FilingForce, FilingKind, same_key
from knowledge.people import is_email, same_email

REDLANDS, HESPERIA = (read_districts()[name][0] for name in ("redlands", "hesperia"))
PLAIN = District.model_validate(
    {"id": "plain", "name": "Plain", "short_name": "Plain", "specialist": {"title": "press officer"}}
)


def faults(kind: FilingKind, district: District = REDLANDS, **fields: str) -> dict[str, Fault]:
    return {problem.name: problem.fault for problem in read_form(kind, fields, district=district)[1]}


@pytest.mark.parametrize(
    "typed",
    [
        "Cal Coach, cal@rusd.example\nOlive Office, olive@rusd.example",
        "Cal Coach <cal@rusd.example>; Olive Office <olive@rusd.example>",
        "  cal coach   CAL@rusd.example \n\n olive office (olive@rusd.example)",
        "Cal Coach: cal@rusd.example, Olive Office: olive@rusd.example",
        "cal@rusd.example Cal Coach\nolive@rusd.example Olive Office\nThanks!",
        "Name\tE-mail\nCal Coach\tcal@rusd.example\nOlive Office\tolive@rusd.example",
        "1. Cal Coach (advisor), cal@rusd.example\n2) Olive Office, olive@rusd.example",
        '"Coach, Cal" <cal@rusd.example>; "Office, Olive" <olive@rusd.example>',
        "Cal Coach\ncal@rusd.example\nOlive Office\nolive@rusd.example",
        "Cal Coach cal@rusd.example & Olive Office olive@rusd.example",
        "Cal Coach <mailto:cal@rusd.example> cal@rusd.example and Olive Office olive@rusd.example",
    ],
)
def test_people_are_read_however_they_are_listed(typed: str) -> None:
    """One per line, with commas, brackets or capitals."""
    fields = {"organization": "Band", "platform": "instagram", "administrators": typed}

    details, problems = read_form(FilingKind.NEW_ACCOUNT, fields, district=REDLANDS)

    assert problems == ()
    assert [person.email for person in details.administrators] == ["cal@rusd.example", "olive@rusd.example"]
    assert [person.name.lower() for person in details.administrators] == ["cal coach", "olive office"]


def test_district_without_settings_asks_for_nothing_but_what_the_filing_names() -> None:
    """No clause, no demand: a new account needs a name and a platform, and is only recorded."""
    assert PLAIN.rule(FilingKind.NEW_ACCOUNT).force is FilingForce.RECORD
    assert faults(FilingKind.NEW_ACCOUNT, PLAIN, organization="Band", platform="snapchat") == {}
    assert not is_required("administrators", FilingKind.NEW_ACCOUNT, PLAIN)
    assert "supervisor" not in fields_of(FilingKind.NEW_ACCOUNT, PLAIN)


@pytest.mark.parametrize(
    ("email", "is_one"),
    [
        ("coach@redlands.example", True),
        ("first.last+band@mail.redlands.example", True),
        ("coach@redlands", False),
        ("coach@@redlands.example", False),
        (".coach@redlands.example", False),
        ("co..ach@redlands.example", False),
        ("cоach@redlands.example", False),
        ("coach@-redlands.example", False),
        ("a" * 65 + "@redlands.example", False),
        ("coach@" + "a" * 250 + ".example", False),
        ("coach@redlands.example\n", False),
    ],
)
def test_email_addresses(email: str, is_one: bool) -> None:
    """What a browser would take, with a dot in the domain and in plain letters."""
    assert is_email(email) is is_one


def test_only_addresses_of_the_districts_own_domains_where_it_has_set_them() -> None:
    """A setting of the district's own, and shown as one; a domain that only ends alike is foreign."""
    district = REDLANDS.model_copy(update={"email_domains": ("redlands.example",)})
    typed = "A B, a@mail.redlands.example\nC D, c@evilredlands.example"

    found = faults(FilingKind.ADD_ADMINISTRATOR, district, account="1", administrators=typed)

    assert found == {"administrators": Fault.EMAIL_OF_ELSEWHERE}


def test_same_person_under_two_spellings_counts_once() -> None:
    """Capitals and +tags make no second administrator."""
    assert same_email("Coach+band@Redlands.Example") == same_email("coach@redlands.example")
    typed = "Cal, coach@redlands.example\nCal, COACH+x@redlands.example"
    assert faults(FilingKind.NEW_ACCOUNT, organization="Band", platform="facebook", administrators=typed) == {
        "administrators": Fault.EMAIL_TWICE
    }


def test_same_filing_in_other_spelling_has_the_same_key() -> None:
    """Order of the people, capitals and spaces do not make another filing; another handle does."""
    one, _ = read_form(
        FilingKind.NEW_ACCOUNT,
        {"organization": "RHS Band", "platform": "insta", "administrators": "A A, a@x.example\nB B, b@x.example"},
        district=REDLANDS,
    )
    other, _ = read_form(
        FilingKind.NEW_ACCOUNT,
        {"organization": "rhs  band", "platform": "instagram", "administrators": "B, B@x.example; A, a+1@x.example"},
        district=REDLANDS,
    )

    assert same_key(FilingKind.NEW_ACCOUNT, one, None) == same_key(FilingKind.NEW_ACCOUNT, other, None)
    assert same_key(FilingKind.NEW_ACCOUNT, one, None) != same_key(
        FilingKind.NEW_ACCOUNT, Details(organization="RHS Band", platform="instagram", handle="@rhsband"), None
    )


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from(FilingKind),
    fields=st.dictionaries(
        st.sampled_from(("organization", "platform", "handle", "administrators", "supervisor", "account", "note", "x")),
        st.text(max_size=400),
    ),
    district=st.sampled_from((REDLANDS, HESPERIA, PLAIN)),
)
def test_whatever_is_typed_is_read_or_refused(kind: FilingKind, fields: dict[str, str], district: District) -> None:
    """No text makes an error, and what is read is well-formed."""
    details, problems = read_form(kind, fields, district=district)

    assert all(is_email(person.email) for person in details.administrators)
    assert all(problem.name in fields_of(kind, district) for problem in problems)


@pytest.mark.parametrize(
    ("kind", "name"),
    [(FilingKind.REMOVE_ADMINISTRATOR, "administrator"), (FilingKind.HAND_OVER, "successor")],
)
@pytest.mark.parametrize("typed", ["[[[[[[", "---", "thanks", "()"])
def test_what_names_nobody_is_no_person(kind: FilingKind, name: str, typed: str) -> None:
    """Signs alone are neither a person nor an empty field: nobody may be removed in the name of nobody."""
    fields = {"account": "1", name: typed}
    assert faults(kind, REDLANDS, **fields)[name] is Fault.EMAIL_MISSING
