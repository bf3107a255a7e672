"""What the words of a post tell for certain: platform, use, formats that disappear, and what was masked in it."""

import re
from collections.abc import Iterable, Sequence

from knowledge.checking.post import Post, Use
from knowledge.guidelines import Clause
from knowledge.personal_data import MARKS, PersonalDataType

_PLATFORM_WORDS = {
    "snapchat": r"snap ?chat|snaps?\b(?= story| streak)|on snap\b",
    "tiktok": r"tik ?tok",
    "instagram": r"instagram|insta|\big\b|\breels?\b",
    "facebook": r"facebook|\bfb\b",
    "twitter": r"twitter|tweet\w*|\bon x\b|\btwtr\b",
    "youtube": r"youtube|\byt\b",
    "linkedin": r"linked ?in",
    "discord": r"discord",
    "bereal": r"bereal\b|\bon be real\b",
    "threads": r"\bon threads\b",
    "bluesky": r"\bblue ?sky\b",
    "whatsapp": r"whats ?app",
    "pinterest": r"pinterest",
    "reddit": r"reddit",
    "website": r"(?:our|the|school|district) web ?(?:site|page)",
}
_PLATFORMS = {name: re.compile(rf"\b(?:{words})", re.IGNORECASE) for name, words in _PLATFORM_WORDS.items()}

_DISAPPEARS = re.compile(
    r"\b(?:ig|insta(?:gram)?|fb|facebook) stor(?:y|ies)\b|\b(?:on|to|in|onto) (?:our|my|the|a) (?:\w+ )?stor(?:y|ies)\b(?! (?:time|of|about|behind|hour|book|walk|contest))"
    r"|\b(?:snap ?chat|vanish mode|disappearing (?:post|message|photo|video)s?|on snap|bereal)\b"
    r"|\b(?:gone|disappears?|deletes? itself|vanish\w*|only up|up only) (?:after|in|for) (?:24 ?h|a day|one day|twenty-four)",
    re.IGNORECASE,
)
_DISAPPEARING_PLATFORMS = frozenset({"snapchat", "bereal"})

_PERSONAL = re.compile(
    r"\bmy (?:own |personal |private )+(?:\w+ )?(?:page|account|profile|facebook|fb|insta(?:gram)?|ig|twitter|x|feed|wall|social)"
    r"|\bon my (?:page|account|feed|wall|socials)\b|\bpersonal (?:page|account|profile|facebook|fb|insta(?:gram)?|ig|twitter|feed)"
    r"|\b(?:on|to) my (?:facebook|fb|insta(?:gram)?|ig|twitter|wall|linkedin)\b|\bmy own (?:page|account|fb|facebook|insta|ig)\b",
    re.IGNORECASE,
)
_SCHOOL = re.compile(
    r"\b(?:our|the) (?:\w+ ){0,2}(?:page|account|ig|insta(?:gram)?|fb|facebook|twitter)\b|\b(?:school|class|team|club|district|asb|booster|band|pta)(?:'s)? (?:page|account|ig|insta(?:gram)?|fb|facebook|twitter)\b",
    re.IGNORECASE,
)

_RELEASE = r"(?:releases?|release forms?|consents?|consent forms?|media forms?|permission|permission slips?|photo forms?|waivers?|forms?|paperwork|clearance|oks?)"
_CONSENT_MISSING = re.compile(
    rf"\b(?:no|without(?: a| any| the)?|lacks?|lacking|missing|w/o|minus) (?:\w+ ){{0,3}}{_RELEASE}\b"
    rf"|\b{_RELEASE} (?:\w+ ){{0,3}}(?:(?:is|are|was|were) )?(?:missing|denied|refused|withdrawn|revoked|expired|not (?:on file|signed|in|back|returned)|never)\b"
    r"|\bopted[- ]?out\b|\bopt[- ]?outs?\b|\b(?:denied|denies|refused|declined|withdrew) (?:\w+ ){0,2}(?:consent|permission|release)\b",
    re.IGNORECASE,
)
_CONSENT_NOT_THERE = re.compile(
    rf"\b(?:haven'?t|hasn'?t|have not|has not|didn'?t|did not|don'?t|doesn'?t|do not|does not|never|nobody|no one|none of)\b(?: [\w']+){{0,6}}? {_RELEASE}\b"
    r"|\b(?:said|says|say|told (?:us|me)) (?:no|not to)\b"
    r"|\b(?:haven'?t|have not|never|didn'?t|did not) ask(?:ed)?\b|\b(?:do(?:es)?n'?t|do(?:es)? not) want (?:\w+ ){0,4}(?:posted|online|shown|pictures?|photos?|published)\b",
    re.IGNORECASE,
)
"""What the writer may say of a picture, and a post may say of something else ("don't forget your permission slip")."""

_NONE_MISSING = re.compile(
    rf"\b(?:no one(?:'s)?|nobody(?:'s)?|none|no) (?:\w+ ){{0,3}}(?:is |are )?(?:missing|opted out|opt[- ]?outs?|denied|denials)\b|\b(?:no|without) {_RELEASE} (?:is |are )?(?:needed|required|necessary)\b",
    re.IGNORECASE,
)
_OWN_CHILDREN = re.compile(
    r"\bmy own (?:\w+ )?(?:kids?|children|child|boys?|girls?)\b|\bmy (?:two |three |little |oldest |youngest |older |younger )*"
    r"(?:sons?|daughters?|toddler|baby|twins|niece|nephew|grand(?:son|daughter|kids?|child(?:ren)?))\b",
    re.IGNORECASE,
)
_PUPILS = re.compile(
    r"\b(?:students?|pupils?|class(?:es|room|mates?)?|grade(?:rs?)?|kindergart\w+|freshm[ae]n|sophomores?|juniors?|seniors?|period|team|players?|school|friends?|classmates?|others?|room)\b",
    re.IGNORECASE,
)

_PICTURE = r"(?:photos?|pics?|pictures?|videos?|clips?|selfies?|snapshots?|reels?|slideshows?|shots?|footage|livestream|collage)"
_MINORS = r"(?:students?|pupils?|kids|children|class(?! pet| board| schedule| list)|classes|team|squad|band|choir|orchestra|cast|graders?|kindergart\w+|players?|cheerleaders?|cheer squad|boys|girls|seniors|juniors|sophomores|freshmen|athletes|scholars|cadets|dancers|swimmers|wrestlers)"
_SHOWS_STUDENTS = re.compile(
    rf"\b{_PICTURE}\b[^.;]{{0,40}}\b{_MINORS}\b|\b{_MINORS}\b[^.;]{{0,20}}\b{_PICTURE}\b", re.IGNORECASE
)
_SWEARS = re.compile(
    r"\b(?:f|s|b|sh|bi|as|mf)\*{2,}\w*|\b(?:mother)?f[u*]ck\w*|\b(?:bull)?sh[i*]t(?:ty|s|show)?\b|\bb[i*]tch\w*|\bassholes?\b|\bwtf\b|\U0001F595",
    re.IGNORECASE,
)
_TELLS_OF_PICTURE = re.compile(
    rf"\b{_PICTURE} (?:of|shows?|with|is|has)\b|\b(?:shows?|attached is|it'?s a {_PICTURE}|flyer|poster|screenshot|scan)\b|\b{_RELEASE}\b.{{0,30}}\b(?:on file|signed|cleared|missing)\b",
    re.IGNORECASE,
)
_SHOWS_NOBODY = re.compile(
    r"\b(?:no (?:\w+ ){0,3}(?:people|person|one|body|students?|kids|faces?|pupils?)|nobody|no one|empty|without (?:people|students|kids|faces)|from behind|backs?\b|hands? only|only hands|"
    r"faces? (?:not|blurred|hidden|turned)|unrecogni[sz]able|can'?t (?:see|tell|recogni[sz]e)|cropped|trophy|trophies|logo|uniforms? on|jerseys? on|projects? only|adults? only|teachers only|"
    r"staff only|drawings?|artwork|paintings?|poster|robot|costume|silhouettes?|far away|distant|aerial)",
    re.IGNORECASE,
)

_REFUSES = re.compile(r"\b(?:not|never|no|prohibited|banned|forbidden|barred|except)\b", re.IGNORECASE)
_IS_CLOSED = re.compile(r"\bonly\b", re.IGNORECASE)


def platform_named(text: str) -> str | None:
    """Return the platform that a text names first, in lower case, or None."""
    found = [(match.start(), name) for name, words in _PLATFORMS.items() if (match := words.search(text))]
    return min(found)[1] if found else None


def use_named(text: str) -> Use | None:
    """Return whose account a message speaks of, where it says so."""
    if _PERSONAL.search(text):
        return Use.PERSONAL
    return Use.SCHOOL if _SCHOOL.search(text) else None


def disappears(post: Post) -> bool:
    """Tell whether a post goes where it vanishes after a while."""
    return post.platform in _DISAPPEARING_PLATFORMS or bool(_DISAPPEARS.search(f"{post.text} {post.attachment}"))


def refuses_platform(platform: str, clauses: Iterable[Clause], approved: Sequence[str]) -> Clause | None:
    """Return the clause that rules a platform out, or None.

    Parameters
    ----------
    platform
        In lower case.
    clauses
        Those that speak of which platforms may be used.
    approved
        Names and aliases of the platforms that the district approves; empty where its settings list none. A closed
        list in a clause ("the only approved platforms are") then counts by the names that stand in it.
    """
    if platform == "website":
        return None
    words = _PLATFORMS.get(platform) or re.compile(re.escape(platform), re.IGNORECASE)
    if any(words.search(name) or platform == name.lower() for name in approved):
        return None
    found = list(clauses)
    if approved:
        return found[0] if found else None
    for clause in found:
        is_in = bool(words.search(clause.text))
        names_some = any(other.search(clause.text) for other in _PLATFORMS.values())
        if (is_in and _REFUSES.search(clause.text)) or (not is_in and names_some and _IS_CLOSED.search(clause.text)):
            return clause
        if is_in:
            return None
    return None


def consent_is_missing(post: Post) -> bool:
    """Tell whether the writer says that a release or permission is not there."""
    told = _NONE_MISSING.sub(" ", post.attachment.replace("\u2019", "'"))
    text = _NONE_MISSING.sub(" ", post.text.replace("\u2019", "'"))
    if _CONSENT_MISSING.search(told) or _CONSENT_NOT_THERE.search(told) or _CONSENT_MISSING.search(text):
        return True
    return post.is_described and bool(_CONSENT_NOT_THERE.search(text))


def shows_own_children(post: Post) -> bool:
    """Tell whether the minors in a picture are the writer's own, and nobody's pupils."""
    words = f"{post.attachment}\n{post.text}"
    return bool(_OWN_CHILDREN.search(words)) and not _PUPILS.search(words)


def shows_students(post: Post) -> bool:
    """Tell whether the attachment is said to be a picture of students, as far as its words go."""
    words = post.attachment.replace("\u2019", "'")
    return bool(_SHOWS_STUDENTS.search(words)) and not _SHOWS_NOBODY.search(words)


def swears(text: str) -> bool:
    """Tell whether a text swears, behind asterisks too."""
    return bool(_SWEARS.search(text))


def describes_picture(text: str) -> bool:
    """Tell whether words say what is in a picture or file, so that it is no longer unseen."""
    words = text.replace("\u2019", "'")
    return bool(_TELLS_OF_PICTURE.search(words) or _SHOWS_NOBODY.search(words) or _SHOWS_STUDENTS.search(words))


def masked_types(text: str) -> frozenset[PersonalDataType]:
    """Return which types of personal data were masked in a text."""
    return frozenset(kind for kind, mark in MARKS.items() if mark in text)
