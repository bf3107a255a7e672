"""The search for likely duplicates of an account, and for the account that a name means.

Reading a name carefully takes some 20 microseconds, so rapidfuzz first picks the few that are worth it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from rapidfuzz import fuzz, process, utils

from knowledge.handles import AccountAddress, AddressNotValidError, mentioned_in, platform_of, read_address
from knowledge.likeness.names import (
    LONGEST_NAME_CHARACTERS,
    Name,
    are_two,
    coverage,
    likeness,
    read_handle,
    read_name,
    unlike_words,
)

MOST_SHOWN = 5
"""How many are shown to a person. Our own figure."""

ALIKE_FROM = 0.65
"""From which likeness two names are shown as perhaps one. Tuned on the dev half of ``bench/data/likeness.tsv``."""

WORTH_READING = 80
"""How many of the district's accounts are read carefully. Our own figure; a district has fewer schools with a band."""


class Relation(StrEnum):
    """Why an account is shown."""

    SAME_HANDLE = "same handle"
    """Its handle differs in nothing but dots, lines and "official"."""

    ALIKE = "alike"
    """The name of its organization, or its handle, is like the one filed."""

    ELSEWHERE = "elsewhere"
    """The same handle on another platform: no duplicate, and worth knowing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An account of the district, as far as the search needs it."""

    id: str
    """What the caller knows it by."""

    organization: str
    platform: str
    """A key of `knowledge.handles.PLATFORMS`."""

    handle: str = ""
    """As people read it, "@rhsband" or "facebook.com/RHSBand"; a wish, or empty, where it is not live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """An account that may be meant."""

    known: Known
    relation: Relation
    score: float
    """From 0 to 1; 1 for the same name in other words."""

    @property
    def id(self) -> str:
        """What the caller knows the account by."""
        return self.known.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Closest:
    """The accounts that a name may mean, best first."""

    best: tuple[Likeness, ...]
    is_clear: bool
    """True where the first is the only one that fits: nobody has to be asked."""


def likely_same(organization: str, handle: str, platform: str, among: Sequence[Known]) -> tuple[Likeness, ...]:
    """Find the accounts that may be the one that is being filed.

    Parameters
    ----------
    organization
        Its name as filed; may be empty.
    handle
        Its handle as filed, a wish or an address; may be empty.
    platform
        Its platform. The same organization on another platform is another account.
    among
        The district's accounts, of every platform.

    Returns
    -------
    tuple[Likeness, ...]
        At most `MOST_SHOWN`: first those on the platform, best first, then those with the same handle elsewhere.
    """
    bare = _bare(handle)
    found = [
        Likeness(
            known=known, relation=Relation.SAME_HANDLE if known.platform == platform else Relation.ELSEWHERE, score=1.0
        )
        for known in among
        if bare and known.handle and _bare(known.handle) == bare
    ]
    there = {id(likeness_found.known) for likeness_found in found}
    here = [known for known in among if known.platform == platform and id(known) not in there]
    filed = (read_name(organization), read_handle(_name_in(handle)))
    for known in _worth_reading((organization, handle, *_other_spellings(filed)), here):
        score = _likeness(filed, _names_of(known))
        if score >= ALIKE_FROM:
            found.append(Likeness(known=known, relation=Relation.ALIKE, score=score))
    order = list(Relation)
    found.sort(key=lambda one: (order.index(one.relation), -one.score, one.id))
    return tuple(found[:MOST_SHOWN])


def closest(text: str, among: Sequence[Known]) -> Closest:
    """Find the account that somebody means: "the band insta", "@rhsband", "redlands robotics page".

    Parameters
    ----------
    text
        What they call it, without the rest of the sentence.
    among
        The district's accounts.

    Returns
    -------
    Closest
        At most `MOST_SHOWN`, best first; none where nothing fits.
    """
    text = text[:LONGEST_NAME_CHARACTERS]
    if named := mentioned_in(text):
        return _with_handle(named[0], among)
    if "@" in text or "/" in text:
        # A handle or a link that is refused, by a look-alike letter perhaps, must not be taken for a name.
        return Closest(best=(), is_clear=False)
    words, platform = _without_platform(text.split())
    wanted = read_name(" ".join(words))
    if not wanted.words:
        return Closest(best=(), is_clear=False)
    on_platform = [known for known in among if known.platform == platform] if platform else list(among)
    fits: list[tuple[float, int, Known]] = []
    for known in _worth_reading((" ".join(words), *_other_spellings((wanted,))), on_platform):
        names = [name for name in _names_of(known) if name.words]
        score = max((coverage(wanted, name) for name in names), default=0.0)
        if score:
            fits.append((score, min(unlike_words(wanted, name) for name in names), known))
    fits.sort(key=lambda fit: (-fit[0], fit[1], fit[2].id))
    whole = [fit for fit in fits if fit[0] == 1.0]
    exact = [fit for fit in whole if fit[1] == 0]
    clear = exact if len(exact) == 1 else whole if len(whole) == 1 else []
    best = tuple(
        Likeness(known=known, relation=Relation.ALIKE, score=score)
        for score, _, known in (clear or whole or fits)[:MOST_SHOWN]
    )
    return Closest(best=best, is_clear=bool(clear))


def _with_handle(named: AccountAddress | str, among: Iterable[Known]) -> Closest:
    """Return the accounts with the handle that was named; one that only resembles it is never the one that is meant."""
    platform = "" if isinstance(named, str) else named.platform
    bare = _bare(named if isinstance(named, str) else named.shown)
    similar = [
        known for known in among if platform in ("", known.platform) and known.handle and _bare(known.handle) == bare
    ]
    same = [known for known in similar if _is_at(known, named)]
    best = tuple(
        Likeness(known=known, relation=Relation.SAME_HANDLE, score=1.0) for known in (same or similar)[:MOST_SHOWN]
    )
    return Closest(best=best, is_clear=len(same) == 1)


def _is_at(known: Known, named: AccountAddress | str) -> bool:
    try:
        address = read_address(named, known.platform) if isinstance(named, str) else named
        return read_address(known.handle, known.platform).key == address.key
    except AddressNotValidError:
        return False


def _worth_reading(texts: Iterable[str], among: Sequence[Known]) -> list[Known]:
    """Return the accounts whose name or handle shares most with any of the texts."""
    queries = [plain for text in texts if (plain := utils.default_process(text[:LONGEST_NAME_CHARACTERS]))]
    if not queries or not among:
        return []
    choices = [
        utils.default_process(f"{known.organization} {known.handle}"[: 2 * LONGEST_NAME_CHARACTERS]) for known in among
    ]
    scores = process.cdist(list(dict.fromkeys(queries)), choices, scorer=fuzz.token_set_ratio, dtype=np.uint8).max(
        axis=0
    )
    return [among[place] for place in np.argsort(-scores.astype(np.int16), kind="stable")[:WORTH_READING]]


def _likeness(filed: tuple[Name, Name], known: tuple[Name, Name]) -> float:
    """Compare two accounts by the names of their organizations, their handles, and each name with the other's handle."""
    (organization, handle), (other_organization, other_handle) = filed, known
    scores = [likeness(organization, other_organization), likeness(handle, other_handle)]
    # The initials in a handle fit many schools; they say nothing where the organizations name two.
    if not are_two(organization, other_organization):
        scores += [likeness(organization, other_handle), likeness(handle, other_organization)]
    return max(scores)


def _other_spellings(names: Iterable[Name]) -> list[str]:
    """Return names in full and with their school's initials, as others may have filed them."""
    return [spelling for name in names for spelling in (" ".join(name.words), name.in_short)]


def _names_of(known: Known) -> tuple[Name, Name]:
    return read_name(known.organization), read_handle(_name_in(known.handle))


def _name_in(handle: str) -> str:
    """Return the name in a handle as people read it: ``facebook.com/RHSBand`` without its host."""
    return handle.rstrip("/").rpartition("/")[2].removeprefix("@")


def _bare(handle: str) -> str:
    """Return a handle without what people add to it or leave out."""
    plain = _name_in(handle).lower().replace(".", "").replace("_", "").replace("-", "")
    return plain.removeprefix("the").removesuffix("official") or plain


def _without_platform(words: list[str]) -> tuple[list[str], str]:
    """Take the platform's name off: "the band insta" and "band on X"."""
    for place in (len(words) - 1, len(words) - 2, 0):
        if 0 <= place < len(words) and (platform := platform_of(words[place])):
            # "X ray club" is no X.
            if words[place].lower() == "x" and place != len(words) - 1:
                continue
            rest = words[:place] + words[place + 1 :]
            return rest, platform
    return words, ""
