"""Policies, laws and systems that a clause names."""

import pytest

from knowledge.ingest.references import read_references


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("as specified in BP 1113 (District and School Web Sites)", ("BP 1113",)),
        ("the Acceptable Use Agreement (E 4040(e)) may", ("Acceptable Use Agreement", "E 4040(e)")),
        (
            "the Family Educational Rights and Privacy Act (FERPA)",
            ("Family Educational Rights and Privacy Act", "FERPA"),
        ),
        ("on file via AERIES Parent Portal, or Infinite Campus.", ("AERIES", "Infinite Campus")),
        ("Education Code 49073 and 34 CFR 99.3", ("Education Code 49073", "34 CFR 99.3")),
        ("Board Policy 4119.25, Board Policy 4119.25", ("Board Policy 4119.25",)),
        ("Act now, and remind families. Focus on facts.", ()),
    ],
)
def test_references_are_found_as_they_are_written(text: str, expected: tuple[str, ...]) -> None:
    """What a clause points to is listed in the district's spelling, once."""
    assert expected == read_references(text)
