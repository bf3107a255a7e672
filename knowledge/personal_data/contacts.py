"""Private telephone numbers and e-mail addresses, told from office lines and role mailboxes.

The nearest word before a number decides whose it is. A number without any such word is taken
for a private one: a masked office line costs less than a published mother's cell.
"""

import re
from collections.abc import Iterator

from knowledge.personal_data.datum import PersonalDataType, PersonalDatum, cut

_PHONE = re.compile(
    r"(?<![\w#.-])(?:\+?1[ .-]?)?(?:\([2-9]\d{2}\)[ ]?|[2-9]\d{2}[ .–-])[2-9]\d{2}[ .–-]?\d{4}(?![\w-]|\.\d)"
)
_PHONE_BARE = re.compile(
    r"(?<![\w#.-])(?:\+?1)?[2-9]\d{2}[2-9]\d{6}(?![\w-])|(?<![\w#.() -])[2-9]\d{2}[.-]\d{4}(?![\w-])"
)
_PHONE_LOCAL = re.compile(r"(?<=[a-z:] )[2-9]\d{2}[.-]\d{4}(?![\w-])")
_PHONE_WORD = re.compile(
    r"\b(?:call|text|cell|phone|mobile|number|reach|dial|ring|venmo|zelle|whatsapp)\b", re.IGNORECASE
)
_TOLL_FREE = re.compile(r"\D{0,3}1?\D{0,3}8(?:00|88|77|66|55|44|33)\D")
_NOT_A_PHONE = re.compile(
    r"\b(?:meeting|zoom|webinar|passcode|invoice|isbn|serial|barcode|account|acct|bid|tracking|order|p\.?o\.?|model)\b"
    r"[^.!?\n]{0,25}$",
    re.IGNORECASE,
)
_WHOSE = re.compile(
    r"(?P<private>\b(?:cells?|mobile|home(?: (?:phone|number))?|house|(?:text|call|reach|message|ring|phone) "
    r"(?:me|him|her|them|my|his)|me at|my|his|hers?|their|mom|mother|dad|father|parents?|guardian|grand(?:ma|pa|mother|"
    r"father|parents?)|aunt|uncle|brother|sister|family|personal|private|venmo|zelle|mrs\.?|mr\.?|ms\.?|snack)\b"
    r"(?! (?:school|office|classroom|club))|[’']s (?:number|phone|line)\b)"
    r"|(?P<office>\b(?:offices?|school|front desk|reception|district|attendance|department|dept|elementary|academy|"
    r"high|middle|junior high|campus|library|fax|transportation|hotline|helpline|lifeline|direct line|line|desk|clinic|"
    r"center|store|box office|main|for (?:more |all )?(?:info|information|details|tickets|reservations)|switchboard|registrar|enrollment|extension|ext|athletics|cafeteria|stadium|police|"
    r"museum|call us|(?:reach|contact|phone) us|university|college|bank|company|services)\b)",
    re.IGNORECASE,
)
_OFFICE_AFTER = re.compile(
    r"[ ,(]{0,3}(?:ext\b|extension\b|x ?\d|option \d|(?:in|at|is) (?:the|our) [^.!?\n]{0,25}\b(?:office|school|desk|library|"
    r"district)\b|[^.!?\n]{0,40}\b(?:main office|front office|front desk)\b|"
    r"(?:for (?:more )?(?:information|info|details|tickets|an appointment)|to (?:register|enroll|rsvp|schedule|reserve))\b)",
    re.IGNORECASE,
)

_EMAIL = re.compile(
    r"(?<![\w.+@-])(?P<local>[A-Za-z0-9][\w.+'-]{0,63})@(?P<domain>(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24})(?![\w@-])"
)
_ROLE = re.compile(
    r"(?:office|info|asb|athletic|band|hr|principal|yearbook|pta|ptsa|ptso|pto|booster|avid|librar|counsel|enroll|regist|"
    r"attend|web|communic|media|press|contact|hello|help|support|admin|superintendent|board|nurse|health|choir|drama|"
    r"theat|music|sport|football|soccer|tennis|swim|track|wrestling|volley|basket|cheer|robotic|news|ticket|transport|food|"
    r"volunteer|event|club|foundation|scholar|team|noreply|reply|payroll|purchas|fund|safety|tip|title|records|custod|"
    r"frontdesk|staff|student(?:services|store|council)|leadership|journal|paper|stem|science|math|art|fair|prom|grad|"
    r"class|privacy|legal|help|it|tech|sales|service|donat|mail|marketing|order)"
)
_SHORT_ROLES = frozenset({"hr", "it", "pta", "pto", "asb", "art", "fair", "mail", "tip", "web", "math", "stem", "tech"})
_STUDENT_DOMAIN = re.compile(r"(?:^|\.)(?:stu|student|students|pupil|pupils|my)\.|student", re.IGNORECASE)
_SCHOOL_DOMAIN = re.compile(
    r"k12|usd\b|usd\.|isd\b|isd\.|school|district|elementary|middle|high|academy|\.edu$|hs\.org$|\.gov$", re.IGNORECASE
)
_STAFF_BEFORE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Coach|Principal|Superintendent|[Tt]eacher|[Cc]ounselor|[Ss]ecretary|[Aa]dvis[eo]r|[Dd]irector|"
    r"[Ll]ibrarian|[Nn]urse|[Ss]pecialist|[Rr]egistrar|[Cc]oordinator)\b[^!?\n]{0,60}$"
)


def find_phones(text: str) -> Iterator[PersonalDatum]:
    """Find private telephone numbers."""
    seen: set[int] = set()
    for pattern, needs_word in ((_PHONE, False), (_PHONE_BARE, True), (_PHONE_LOCAL, True)):
        for found in pattern.finditer(text):
            before = _clause_before(text, found.start(), 60)
            if found.end() in seen or _TOLL_FREE.match(found[0]) or _NOT_A_PHONE.search(before):
                continue
            if needs_word and not _PHONE_WORD.search(before):
                continue
            seen.add(found.end())
            if not _is_office_line(before, text[found.end() : found.end() + 70]):
                yield cut(text, PersonalDataType.PHONE, *found.span())


def find_emails(text: str) -> Iterator[PersonalDatum]:
    """Find e-mail addresses of private persons."""
    for found in _EMAIL.finditer(text):
        if not _is_business_address(
            found["local"].lower(), found["domain"], text[max(0, found.start() - 60) : found.start()]
        ):
            yield cut(text, PersonalDataType.EMAIL, *found.span())


def _clause_before(text: str, start: int, characters: int) -> str:
    """Return the words before a place, back to the end of the last sentence."""
    before = text[max(0, start - characters) : start]
    # A question asks who to call; its words still say whose number follows.
    return re.split(r"[.!] (?=[A-Z])|\n", before)[-1]


def _is_office_line(before: str, after: str) -> bool:
    """Whether the nearest word before a number, or failing that the words after it, name an office."""
    nearest = next(reversed(list(_WHOSE.finditer(before))), None)
    if _OFFICE_AFTER.match(after):
        return nearest is None or nearest.lastgroup != "private"
    return nearest is not None and nearest.lastgroup == "office"


def _is_business_address(local: str, domain: str, before: str) -> bool:
    """Whether an address is a role's mailbox or a member of staff's at work."""
    if _STUDENT_DOMAIN.search(domain):
        return False
    parts = [part for part in re.split(r"[^a-z]", local) if part]
    for part in parts:
        role = _ROLE.match(part)
        if part in _SHORT_ROLES or (role and role[0] not in _SHORT_ROLES and len(role[0]) > 2):
            return True
    if any(word in local for word in ("booster", "athletics", "pta", "asb", "band", "office", "principal", "yearbook")):
        return True
    if not _SCHOOL_DOMAIN.search(domain):
        return False
    # "jprice@" is how districts name staff; a dot, or a year at the end, is how they name pupils.
    return bool(_STAFF_BEFORE.search(before)) or (len(parts) == 1 and not local[-1].isdigit())
