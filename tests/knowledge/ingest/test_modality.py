"""What a clause does to its reader."""

import pytest

from knowledge.guidelines import Modality
from knowledge.ingest.modality import read_modality


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Employees shall not post grades.", Modality.PROHIBITION),
        ("No employee may speak for the district.", Modality.PROHIBITION),
        ("Posting grades is forbidden.", Modality.PROHIBITION),
        ("Refrain from posting grades.", Modality.PROHIBITION),
        ("If in doubt, do NOT post.", Modality.PROHIBITION),
        ("Do not post a picture without the permission of the parent.", Modality.PROHIBITION),
        ("Accounts must be approved by the principal.", Modality.APPROVAL),
        ("Do not open an account without the permission of the principal.", Modality.APPROVAL),
        ("You shall not post until you receive a response approving your request.", Modality.APPROVAL),
        ("Staff must name two administrators.", Modality.OBLIGATION),
        ("Report threats to the principal.", Modality.OBLIGATION),
        ("Employees are responsible for their accounts.", Modality.OBLIGATION),
        ("Employees may share posts of the district.", Modality.PERMISSION),
        ("Sharing is encouraged.", Modality.PERMISSION),
        ("Be aware that posts remain.", Modality.CAUTION),
        ("You should assume that posts remain.", Modality.CAUTION),
        ("Violations may result in discipline.", Modality.INFORMATION),
        ("Comments may not reflect the views of the district.", Modality.INFORMATION),
        ("These do not serve the district.", Modality.INFORMATION),
        ("The district has six schools.", Modality.INFORMATION),
    ],
)
def test_clause_by_itself(text: str, expected: Modality) -> None:
    """Each kind of rule is told by its own words."""
    assert expected is read_modality(text)


@pytest.mark.parametrize(
    ("lead_in", "text", "expected"),
    [
        ("At no time is it acceptable to:", "Post grades.", Modality.PROHIBITION),
        ("At no time is it acceptable to:", "Post pictures. Parents must sign a form.", Modality.PROHIBITION),
        ("Employees are expected to:", "Post often.", Modality.OBLIGATION),
        ("Employees are expected to:", "Be aware of copyright.", Modality.CAUTION),
        ("Employees are expected to:", "Refrain from gossip.", Modality.PROHIBITION),
        ("Employees may:", "share posts of the district.", Modality.PERMISSION),
        ("The principal's approval is required for:", "posts about lawsuits", Modality.APPROVAL),
        ("The District reserves the right to delete comments that are:", "Off topic;", Modality.PROHIBITION),
    ],
)
def test_clause_read_with_its_lead_in(lead_in: str | None, text: str, expected: Modality) -> None:
    """The same words are forbidden, demanded or allowed, as the sentence before them says."""
    assert expected is read_modality(text, lead_in=lead_in)


def test_heading_decides_where_the_clause_says_nothing() -> None:
    """Under "Prohibited Content" a bare noun is forbidden."""
    assert read_modality("Student addresses", heading="Prohibited Content") is Modality.PROHIBITION
    assert read_modality("Student addresses", heading="Content") is Modality.INFORMATION
