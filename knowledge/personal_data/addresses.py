"""Street addresses of homes, told from those of schools, parks, churches and other venues.

A bounded regular expression proposes and usaddress 0.5.16 confirms: alone, usaddress takes nine
of twenty-five harmless sentences for an address.
"""

import re
from collections.abc import Iterator

import usaddress

from knowledge.personal_data.datum import PersonalDataType, PersonalDatum, cut

_SUFFIX = (
    r"(?:St(?:reet)?|Ave(?:nue)?|R(?:oa)?d|Dr(?:ive)?|L(?:a)?ne?|Blvd|Boulevard|C(?:our)?t|Pl(?:ace)?|Cir(?:cle)?|Way|"
    r"Ter(?:race)?|Trail|Trl|P(?:ar)?kwa?y|Hwy|Highway|Loop|Run|Row|Path|Pass|Point|Ridge|Cove|Crossing|Sq(?:uare)?)"
)
_CANDIDATE = re.compile(
    r"(?<![\w.#/$:-])\d{1,6}[A-Za-z]?(?:-\d{1,4})? (?:[NSEW]{1,2}\.? |(?:North|South|East|West) )?"
    rf"(?:(?:[A-Z][a-z'’.]{{1,20}}|\d{{1,3}}(?:st|nd|rd|th)|of|the|de|del|la) ){{1,4}}?{_SUFFIX}\b\.?"
    r"(?:,? (?:Apt|Apartment|Unit|Ste|Suite|Bldg|Space|Spc|Lot)\.? ?#?\w{1,5}|,? #\w{1,5}){0,2}"
    r"(?:,? (?:[A-Z][a-z]{2,20} ){0,2}[A-Z][a-z]{2,20}(?=[,. ]|$)(?=,? (?:CA|Calif|[A-Z]{2}) |,? (?:CA|\d{5})|[.,;]))?"
    r"(?:,? (?:CA|Calif\.?|California|[A-Z]{2})(?![A-Za-z]))?(?:,? \d{5}(?:-\d{4})?)?"
)
_SPANISH = re.compile(
    r"(?<![\w.#/$:-])\d{1,6} (?:Calle|Via|Avenida|Camino|Paseo|Rancho|El|La|Los|Las)(?: [A-Z][a-z]{1,20}){1,3}"
)
_HOME = re.compile(
    r"\b(?:lives?|living|home|(?<!open )house|stays?|staying|moved|address|deliver\w{0,3}|mail|send|drop|ship|family|famil|grandparents?|"
    r"grandma|residen\w{0,4}|apartment|(?:his|her|their|my) (?:place|house)|pick (?:him|her|them) up|party at)\b",
    re.IGNORECASE,
)
_VENUE = re.compile(
    r"\b(?:School|Elementary|High|Middle|Academy|College|University|Campus|District|Office|Department|Park|Church|Temple|"
    r"Library|Stadium|Station|Center|Centre|Arena|Hall|Museum|Auditorium|Gym|Theat(?:er|re)|Field|Pool|Court|Hospital|"
    r"Clinic|Restaurant|Cafe|Pizza|Grill|Market|Store|Mall|Plaza|Bank|Hotel|Bowl|Club|Foundation|PTA|Museum|Zoo|Garden|"
    r"playground|carnival|festival|event|located|[Vv]isit us|[Jj]oin us|[Cc]ome (?:to|see)|[Hh]eld at|site|booth|warehouse|offices?|school|campus|fundraiser|gate)\b"
)
_NAMED_PLACE = re.compile(r"(?:[A-Z][\w'’&.-]{1,20} ){0,3}[A-Z][\w'’&-]{1,20},? (?:\(|at |located at |is at )?$")
_SENTENCE_END = re.compile(r"[.!?] (?=[A-Z])|\n")
_CONFIRMATIONS = 20
"""Candidates that usaddress reads in one text; beyond them the expression alone decides, to bound the time."""


def find_addresses(text: str) -> Iterator[PersonalDatum]:
    """Find street addresses of homes."""
    for count, found in enumerate(_CANDIDATE.finditer(text)):
        is_home = _is_home(text, found)
        if is_home is not False and (count >= _CONFIRMATIONS or _is_street_address(found[0])):
            yield cut(
                text,
                PersonalDataType.ADDRESS,
                found.start(),
                found.start() + len(found[0].rstrip(" ,.")),
                is_unsure=is_home is None,
            )
    for found in _SPANISH.finditer(text):
        if _is_home(text, found):
            yield cut(text, PersonalDataType.ADDRESS, *found.span())


def _is_home(text: str, found: re.Match[str]) -> bool | None:
    """Whether the words beside an address say that somebody lives there; None where they do not tell."""
    before = _SENTENCE_END.split(text[max(0, found.start() - 90) : found.start()])[-1]
    homes, venues = list(_HOME.finditer(before)), list(_VENUE.finditer(before))
    if homes and (not venues or homes[-1].start() > venues[-1].start()):
        return True
    if venues or _VENUE.search(text[found.end() : found.end() + 50]) or _NAMED_PLACE.search(before):
        return False
    return None


def _is_street_address(candidate: str) -> bool:
    """Whether usaddress reads a house number and a street in it."""
    labels = {label for _, label in usaddress.parse(candidate)}
    return "AddressNumber" in labels and "StreetName" in labels
