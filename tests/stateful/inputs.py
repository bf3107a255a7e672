"""What people type into forms and messages: right, wrong, hostile, and what belongs to another district."""

from collections.abc import Sequence

from hypothesis import strategies as st

from knowledge.filings import FilingKind
from tests.stateful.three_districts import DISTRICTS, PREFIX, email_of, person_of

ON_AN_ACCOUNT = (
    FilingKind.ADD_ADMINISTRATOR,
    FilingKind.ADD_ADMINISTRATOR,
    FilingKind.REMOVE_ADMINISTRATOR,
    FilingKind.REMOVE_ADMINISTRATOR,
    FilingKind.RENAME,
    FilingKind.CLOSE,
    FilingKind.HAND_OVER,
    FilingKind.HAND_OVER,
    FilingKind.ASKED_TO_REMOVE,
)

ORGANIZATION_NAMES = (
    "{own}band of the High School",
    "{own}band of the high school",
    "{own}choir",
    "{own}library",
    "{own}kitchen",
    "{other}orchestra of the High School",
)
PLACES = (
    ("instagram", "@{own}band"),
    ("instagram", "https://www.instagram.com/{own}Band/?ref=1"),
    ("instagram", "@{own}choir"),
    ("instagram", "@{own}library"),
    ("instagram", "@{own}kitchen"),
    ("instagram", "@{own}orchestra"),
    ("instagram", "@{other}orchestra"),
    ("facebook", "https://m.facebook.com/{own}Band"),
    ("twitter", "https://x.com/{own}choir"),
)
"""Platforms with a handle or an address on them."""

HANDLES = ("", *(handle for _, handle in PLACES))
ENOUGH = (
    ("coach", "office", "principal"),
    ("teacher", "coach", "office"),
    ("coach", "pat", "ghost"),
    ("teacher", "specialist", "deputy"),
)
"""People who are enough for an account in each of the districts."""

FLAWS = st.sampled_from(
    (
        *((),) * 12,
        ("platform", "tiktok"),
        ("platform", "snapchat"),
        ("platform", ""),
        ("handle", ""),
        ("handle", "https://www.facebook.com/{other}band"),
        ("organization", ""),
        ("supervisor", ""),
        ("people", ("coach",)),
        ("people", ("coach", "coach", "office")),
        ("people", ("coach", "twice", "office")),
        ("people", ("teacher", "twin", "office")),
        ("people", ("coach", "office", "stranger")),
    )
)
"""What is wrong with a form of a new or existing account: mostly nothing."""

ACCOUNTS = ("1", "4", "@{own}orchestra", "@{own}band", "{own}band", "@{other}orchestra", "", "  ")
"""What else the field for an account is given than the number of one."""

VERBS = ("approve", "deny", "acknowledge", "withdraw", "accept", "confirm", "send-address", "open", "export", "nothing")
PEOPLE = st.sampled_from(
    (
        ("pat",),
        ("pat",),
        ("teacher",),
        ("services",),
        ("coach",),
        ("principal",),
        ("deputy", "office"),
        ("specialist",),
        ("ghost",),
        ("teacher", "twin"),
        ("coach", "twice"),
        ("stranger",),
        (),
    )
)
"""Who is named in a form that changes an account."""

NOTES = st.sampled_from(("Not yet.", "Why?", "", "  "))
HOSTILE = st.sampled_from(
    (
        "",
        "0",
        "-1",
        "1",
        "2.1",
        "1.1.1",
        "²",
        "١",
        "9" * 9,
        "9" * 25,
        "abc",
        "null",
        "[]",
        '{"kind": "close", "filing": 1}',
        '{"kind": "new_account", "values": {"handle": "@zqevil"}}',
        '{"kind": "nothing"}',
        "[" * 3000,
        "<!channel> <script>alert(1)</script> *bold* {own}",
        "x" * 5000,
        "Lincoln \u202eClub",
        "lincоlnrobotics",
        "a\x00b",
        "\ud800",
        "https://evil.example/instagram.com/zqband",
        "Robert'); DROP TABLE filings;--, bobby@tables.example",
    )
)
COMMANDS = st.sampled_from(
    (
        "/postwise mine",
        "/postwise accounts",
        "/postwise export",
        "/postwise filings",
        "/postwise tasks",
        "/postwise history 1",
        "/postwise history @{own}orchestra",
        "/postwise history @{other}orchestra",
        "/postwise left",
        "/postwise remove @{other}orchestra",
        "/newaccount {own}chess club on insta",
        "/newaccount register @{other}orchestra",
        "/addadmin @{other}orchestra",
        "/addadmin remove 1",
        "/addadmin help",
        "help",
    )
)
QUESTIONS = st.sampled_from(
    (
        "who runs @{own}orchestra?",
        "who runs @{other}orchestra?",
        "is @{other}orchestra official?",
        "is https://instagram.com/{own}band official?",
        "who is in charge of the {other}orchestra of the High School",
        "which accounts am I on?",
    )
)


def filled_in(
    district: str,
    *,
    organization: str = "",
    platform: str = "",
    handle: str = "",
    people: Sequence[str] = (),
    account: str = "",
    is_same: str = "",
) -> dict[str, str]:
    """Return a form's fields, with the marks of its district, or of another, in the places for them."""
    other = PREFIX[DISTRICTS[(DISTRICTS.index(district) + 1) % len(DISTRICTS)]]
    fields = {"organization": organization, "platform": platform, "handle": handle, "account": account}
    marked = {name: text.replace("{own}", PREFIX[district]).replace("{other}", other) for name, text in fields.items()}
    return marked | {"administrators": people_text(district, people), "is_same": is_same}


def people_text(district: str, people: Sequence[str]) -> str:
    """Return people as a form wants them, one a line."""
    return "\n".join(_named(district, who) for who in people)


def _named(district: str, who: str) -> str:
    if who == "stranger":
        other = DISTRICTS[(DISTRICTS.index(district) + 1) % len(DISTRICTS)]
        return f"Somebody Else, {email_of(other, 'coach')}"
    if who == "twice":
        return f"Cal Again, {email_of(district, 'coach').replace('@', '+2@').upper()}"
    person = person_of(district, who)
    return f"{person.name}, {person.email}"
