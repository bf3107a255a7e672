"""Policies, laws, documents and systems that a clause names, verbatim."""

import re

_NUMBER = r"\d{1,5}(?:\.\d+)*(?:\([A-Za-z0-9]{1,3}\))*(?!\d)"
_REFERENCE = re.compile(
    rf"\b(?:BP|AR|BB|EX|E|Board Polic(?:y|ies)|Board Bylaw|Administrative (?:Regulations?|Procedures?)|Exhibit|"
    rf"(?:Education|Ed\.?|Penal|Government|Gov\.?|Labor|Civil|Vehicle|Family|Health and Safety) Code(?: [Ss]ections?)?|"
    rf"Policy|Regulation|Procedure|Form)(?: No\.)?(?: §+)? ?[A-Z]{{0,4}}-?{_NUMBER}"
    rf"|\b\d{{1,2}} (?:U\.?S\.?C\.?|C\.?F\.?R\.?)(?: §+| Part)? ?\d+[a-z]?(?:\.\d+)?|§+ ?{_NUMBER}"
    r"|\b(?:Title (?:IX|VI|VII|II)|Section 504|Section 508)\b"
    r"|\b(?:FERPA|HIPAA|COPPA|CIPA|PPRA|IDEA|ADA|DMCA|CPRA|SOPIPA)\b"
    r"|\b(?:First|Fourth|Fourteenth) Amendment\b"
    r"|\b(?:[A-Z][\w’'-]{1,30}(?:,? (?:and|of|the|for|to|in|with|[A-Z][\w’'-]{1,30})){0,9}? Act)\b(?! [a-z]+ly)"
    r"|\bAcceptable Use(?: of Technology)?(?: (?:Policy|Agreement))\b"
    r"|\b(?:Student|Employee|Staff|Parent)(?:[-/ ]\w+)? Handbook\b"
    r"|\b(?:Media|Photo|Publicity)(?: \w+)? (?:Consent|Release)(?: (?:Release|Form))?\b"
    r"|\b(?:Aeries|AERIES|Infinite Campus|PowerSchool|Power School|StudentVUE|ParentVUE|Skyward|Qmlativ|"
    r"Schoology|Google Classroom|Google Workspace|Seesaw|ClassDojo|Class Dojo|ParentSquare|Parent Square|"
    r"TalkingPoints|Blackboard|Blackbaud|Finalsite|Edlio|Peachjar|ClassLink|Tyler SIS|eSchool|Naviance|"
    r"SchoolMessenger|School Messenger|Archive ?Social|PageFreezer|Hootsuite|Follett)\b"
    r"|(?<=[a-z,] )(?:Synergy|Canvas|Remind|Illuminate|Clever|Frontline|Genesis|Focus|Catapult)\b"  # words as well
)
_LEADING = re.compile(r"^(?:The|Under|In|By|And|Of) ")


def read_references(text: str) -> tuple[str, ...]:
    """Find the policies, laws, documents and systems that a clause names.

    Parameters
    ----------
    text
        The clause.

    Returns
    -------
    tuple[str, ...]
        Each as it is written, in order, none twice.
    """
    found = (_LEADING.sub("", reference.group()) for reference in _REFERENCE.finditer(text))
    return tuple(dict.fromkeys(reference for reference in found if reference != "Act"))
