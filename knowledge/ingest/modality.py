"""What a clause does to its reader: forbids, demands, allows, wants an approval, warns, or only informs.

Each sentence is read by itself and the strictest wins; but a sentence that forbids something *without an approval*
wants the approval. What happens to those who break a rule is no rule.
"""

import re

from knowledge.guidelines import Modality
from knowledge.ingest.sentences import sentences

_STRICTEST_FIRST = (
    Modality.PROHIBITION,
    Modality.APPROVAL,
    Modality.OBLIGATION,
    Modality.PERMISSION,
    Modality.CAUTION,
)

_AUTHORITY = (
    r"(?:principal|supervisor|superintendent|administrat(?:or|ion)|department|director|office|officer|specialist|"
    r"coordinator|manager|cabinet|board|district|designee|committee|communications)(?!-)"
)

_CONSEQUENCE = re.compile(
    r"\b(?:subject to (?:disciplin|fines|legal)|may result in|can result in|will result in|could result in|"
    r"may lead to|(?:will|may|shall) be (?:asked to remove|disciplined|referred to|reported to)|at the risk of|"
    r"will be notified|(?:can|may) apply to violators|grounds for|federally protected)",
    re.IGNORECASE,
)

_DISCLAIMER = re.compile(r"\b(?:may|do|does) not (?:necessarily )?(?:reflect|represent)\b", re.IGNORECASE)

_NO_RULE = re.compile(
    r"\bmay(?: not)? (?:reflect|represent|be viewed|remain|continue|initially|seem|be considered|be perceived|change|"
    r"contain|appear|vary|have|exist|be subject|be public|hurt|result)\b|\bplease be advised\b|\bmay be distributed\b|"
    r"\bshould (?:you|there) have (?:any )?questions\b",
    re.IGNORECASE,
)

_APPROVAL = re.compile(
    r"\bapproval\b|\bseek (?:\w+ ){0,3}(?:consent|permission)\b|"
    r"\b(?:must|shall|should|to) be (?:\w+ ){0,2}(?:approved|authorized|cleared)\b|"
    r"\b(?:until|unless|before|only (?:if|when|once|after)) (?:[\w’'-]+ ){0,8}(?:approv\w+|authoriz\w+)|"
    r"\b(?:permission|consent|authorization|clearance) (?:\w+ ){0,2}(?:of|from|by) (?:[\w’'-]+ ){0,4}"
    + _AUTHORITY
    + r"\b|\brequires? (?:the )?(?:\w+ ){0,3}(?:permission|authorization) (?:of|from)",
    re.IGNORECASE,
)

_PROHIBITION = re.compile(
    r"\b(?:must|shall|should|may|can|will)\s+(?:not|never)\b(?! be limited| only)|\bcannot\b|\bcan’t\b|"
    r"(?:^|[,;:(–—-]\s*|\b(?:and|but|or|please|therefore)\s+)(?:do\s+not\b|don[’']t\b)|"
    r"\bdoes not (?:permit|allow)\b|(?<!, )\bnever\b|\bat no time\b|\bunder no circumstances?\b|"
    r"\bprohibit(?:ed|s)\b|\bforbidden\b|\b(?:not|un)\s?(?:permitted|allowed|acceptable|authorized|appropriate)\b|"
    r"\bnot (?:be )?(?:permitted|allowed)\b|\bunacceptable\b|^(?:refrain|abstain) from\b|"
    r"\bare (?:expected|asked|required) to (?:refrain from|avoid)\b|\b(?:must|shall|should) (?:refrain from|avoid)\b|"
    r"^avoid\b|\bno (?:employee|staff|one|student|school|account|person|post|photo\w*|user)s?\b[^.]{0,80}"
    r"\b(?:may|shall|should|can|will|is|are)\b|\bmay only be\b|\bis not to\b|\bare not to\b|"
    r"\bright to (?:delete|remove|hide|block)\b|"
    r"\b(?:district|schools?|administrators|managers|we) may (?:delete|remove|"
    r"hide|block)\b|\bnot approved\b|\bwill be (?:deleted|removed|hidden)\b",
    re.IGNORECASE,
)

_CAUTION = re.compile(
    r"^(?:please )?(?:be (?:aware|cautious|careful|alert|mindful|wary|advised|sensitive|thoughtful)|remember|consider|"
    r"assume|keep in mind|bear in mind|think|note|exercise (?:caution|care|good|sound)|use (?:caution|care|good|sound|"
    r"common|discretion)|beware|recognize|understand|know that|pause|watch)\b|"
    r"\bwith the understanding that\b|\b(?:should|must) (?:assume|be aware|remember|understand|keep in mind|consider|"
    r"be mindful|exercise|use (?:good|caution|care|discretion))\b|\bcaution(?:ed)?\b",
    re.IGNORECASE,
)

_PERMISSION = re.compile(
    r"\bmay\b(?! not\b)|\b(?:employees|staff|you|they|teachers|schools|students|coaches|users|administrators) can\b|"
    r"\b(?:is|are) (?:permitted|allowed|acceptable|welcome|encouraged|authorized|free to)\b|"
    r"\bencourages?\b|\bacceptable and\b|\bonly (?:district-)?approved\b[^.]{0,120}\b(?:is|are)\b|"
    r"\b(?:is|are) (?:the )?(?:only )?(?:district-)?approved\b|\bhave the right\b|\ballowed to\b",
    re.IGNORECASE,
)

_OBLIGATION = re.compile(
    r"\b(?:must|shall|should)\b|\b(?:is|are) (?:required|expected|obligated|responsible|to be)\b|"
    r"\bneeds? (?:to|an?|at least|no fewer|one|two|three)\b|"
    r"\b(?:it is|is) (?:essential|required|necessary|mandatory)\b|\bhas to\b|\bhave to\b|\brequires?\b|"
    r"\bresponsib(?:le|ility) (?:for|to|of)\b|\bwill (?:ensure|maintain|monitor|provide|review|notify|report)\b",
    re.IGNORECASE,
)

_IMPERATIVE = re.compile(
    r"^(?:please |always |if [^,]{3,80}, )?(?:act|add|allow|answer|apply|archive|ask|assign|assume|attach|be|check|"
    r"choose|cite|comply|complete|conduct|confirm|correct|create|credit|delete|designate|disclose|document|enable|"
    r"ensure|establish|file|follow|forward|get|give|have|hide|honor|identify|include|inform|keep|let|limit|link|list|"
    r"log|maintain|make|model|monitor|notify|obtain|pay|post|preserve|protect|provide|read|record|register|remove|"
    r"report|represent|request|respect|respond|restrict|review|run|secure|seek|send|separate|set|share|sign|state|"
    r"store|submit|tell|treat|turn|update|use|verify|wait|write)\b(?!ing)",
    re.IGNORECASE,
)

_HEADING = (
    (Modality.PROHIBITION, re.compile(r"\bprohibit|\bnever\b|\bdo not\b|\bdon[’']t|\bnot (?:permitted|allowed|accept)|"
                                      r"\bunacceptable|\binappropriate|\bbanned\b|\bmay not\b", re.IGNORECASE)),
    (Modality.OBLIGATION, re.compile(r"\brequire|\bresponsibilit|\bexpect|\bmust\b|\bdut(?:y|ies)\b", re.IGNORECASE)),
    (Modality.PERMISSION, re.compile(r"\b(?:allowed|permitted|acceptable|encouraged)\b", re.IGNORECASE)),
)  # fmt: skip


_SIGNS = (
    (Modality.APPROVAL, _APPROVAL),
    (Modality.PROHIBITION, _PROHIBITION),
    (Modality.CAUTION, _CAUTION),
    (Modality.OBLIGATION, _OBLIGATION),
    (Modality.PERMISSION, _PERMISSION),
)
"""In this order within one sentence: "shall not ... until approved" is an approval, "should assume" a caution."""


def read_modality(text: str, *, lead_in: str | None = None, heading: str = "") -> Modality:
    """Tell what a clause does to its reader.

    Parameters
    ----------
    text
        The clause.
    lead_in
        The sentence it completes, or None. "At no time is it acceptable to:" makes it a prohibition.
    heading
        Its innermost heading, which decides where neither says anything ("Prohibited Content").

    Returns
    -------
    Modality
        The strictest of its sentences; what the lead-in says where the clause only completes it.
    """
    leading = _of_sentences(lead_in) if lead_in is not None else None
    # "employees may: share posts" commands nothing: the verb of an item is the lead-in's, not an imperative.
    own = _of_sentences(text, imperatives=leading in {None, Modality.OBLIGATION})
    if leading is not None:
        if leading is Modality.PROHIBITION:
            return Modality.APPROVAL if own is Modality.APPROVAL else leading
        own = own or leading
        if leading is Modality.APPROVAL and own is Modality.OBLIGATION:
            return leading
    if own is None and lead_in is None and len(text.split()) <= 25:
        own = next((modality for modality, pattern in _HEADING if pattern.search(heading)), None)
    return own or Modality.INFORMATION


def _of_sentences(text: str, *, imperatives: bool = True) -> Modality | None:
    """Give the strictest modality among the sentences of a text, or None where no sentence says any."""
    found = {_of_sentence(text[start:end], imperatives=imperatives) for start, end in sentences(text)}
    return next((modality for modality in _STRICTEST_FIRST if modality in found), None)


def _of_sentence(sentence: str, *, imperatives: bool) -> Modality | None:
    """Read one sentence by itself; None where no word tells."""
    is_consequence = _CONSEQUENCE.search(sentence) and not re.search(r"\bprohibited from\b", sentence, re.IGNORECASE)
    if is_consequence or _DISCLAIMER.search(sentence):
        return None
    told = _NO_RULE.sub(" ", sentence)
    for modality, pattern in _SIGNS:
        if pattern.search(told):
            return modality
    return Modality.OBLIGATION if imperatives and _IMPERATIVE.match(told) else None
