"""Whom or which use a clause binds."""

import pytest

from knowledge.guidelines import Scope
from knowledge.ingest.scope import read_scope


@pytest.mark.parametrize(
    ("section", "lead_in", "text", "expected"),
    [
        ("Expectations for all use (personal and educational)", None, "Be kind.", Scope.ALL),
        ("Personal Accounts", None, "Be kind.", Scope.PERSONAL_USE),
        ("Use in the Classroom", None, "Be kind.", Scope.EDUCATIONAL_USE),
        ("Official Accounts", "Account managers shall:", "be kind", Scope.ACCOUNT_ADMINISTRATORS),
        ("Responsibilities of Social Media Administrators", None, "Be kind.", Scope.ACCOUNT_ADMINISTRATORS),
        ("Social Media Comments Policy", None, "Be kind.", Scope.COMMENTERS),
        ("Conduct", None, "Employees must not use personal accounts at work.", Scope.PERSONAL_USE),
        ("Conduct", None, "Do not post personal information of students.", Scope.ALL),
        ("Conduct", None, "School administrators will investigate.", Scope.ALL),
        ("", "Employees using social media for personal purposes should:", "Be kind.", Scope.PERSONAL_USE),
    ],
)
def test_scope_comes_from_section_lead_in_or_text(
    section: str, lead_in: str | None, text: str, expected: Scope
) -> None:
    """A clause binds those whom its heading, its opening sentence or its own words name."""
    path = (section,) if section else ()

    assert expected is read_scope(text, section_path=path, lead_in=lead_in)
