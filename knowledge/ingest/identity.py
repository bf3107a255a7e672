"""Names of clauses that survive an edit: citations, precedents and verdicts point to them.

A first import counts the clauses of each section. A later one gives every clause that is still recognisable its
former name, and new ones a number that their section never used.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from knowledge.guidelines import Clause
from knowledge.ingest.blocks import fold

MIN_SIMILARITY = 80
"""Similarity of two texts, of 100, from which one is an edit of the other (`rapidfuzz.fuzz.ratio`)."""

MAX_SLUG_CHARACTERS = 64

_NUMBERING = re.compile(
    r"^(?:(?:section|article|part)\s+)?\(?(?:[IVXLivxl]{1,6}|[A-Za-z]|\d{1,2}(?:\.\d{1,2})*)[.):]+\s+|^\d{1,2}(?:\.\d{1,2})+\s+"
)


def name_clauses(
    passages: Sequence[tuple[tuple[str, ...], str]], *, district_id: str, previous: Sequence[Clause] = ()
) -> list[str]:
    """Give each clause of a version its id.

    Parameters
    ----------
    passages
        Section path and text of each clause, in order.
    district_id
        First part of each id.
    previous
        Clauses of the former version. Those of older versions may stand before them, so that their numbers are not
        used again; of two with one id the last counts.

    Returns
    -------
    list[str]
        ``district/section/number`` of each clause, none twice.
    """
    former = {clause.id: clause for clause in previous}
    slugs = _section_slugs([path for path, _ in passages], district_id=district_id)
    kept = _recognise(passages, list(former.values()))
    used: Counter[str] = Counter()
    for clause_id in former:
        section, _, number = clause_id.rpartition("/")
        if number.isdigit():
            used[section] = max(used[section], int(number))
    names = []
    for at, section in enumerate(slugs):
        if at in kept:
            names.append(kept[at])
            continue
        used[section] += 1
        names.append(f"{section}/{used[section]}")
    return names


def slug(heading: str) -> str:
    """Reduce a heading to the part of an id, without its number: sections are renumbered more often than renamed.

    Parameters
    ----------
    heading
        Any heading.

    Returns
    -------
    str
        Lower-case letters, digits and hyphens; ``section`` where none is left.
    """
    plain = unicodedata.normalize("NFKD", _NUMBERING.sub("", heading)).encode("ascii", "ignore").decode()
    joined = "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", "").lower()))
    if len(joined) > MAX_SLUG_CHARACTERS:
        joined = joined[: MAX_SLUG_CHARACTERS + 1].rpartition("-")[0] or joined[:MAX_SLUG_CHARACTERS]
    return joined or "section"


def _section_slugs(paths: Iterable[tuple[str, ...]], *, district_id: str) -> list[str]:
    """Name the section of each clause; a second section of the same heading takes its outer heading along."""
    owners: dict[str, tuple[str, ...]] = {}
    slugs = []
    for path in paths:
        name = slug(path[-1]) if path else "opening"
        if owners.setdefault(name, path) != path and len(path) > 1:
            name = f"{slug(path[-2])}-{name}"
        slugs.append(f"{district_id}/{name}")
    return slugs


def _recognise(passages: Sequence[tuple[tuple[str, ...], str]], former: Sequence[Clause]) -> dict[int, str]:
    """Match clauses with former ones, one to one: the same text first, then the most similar."""
    kept: dict[int, str] = {}
    free = {clause.id: clause for clause in former}
    for same_section in (True, False):
        by_text: dict[str, list[Clause]] = {}
        for clause in free.values():
            by_text.setdefault(fold(clause.text), []).append(clause)
        for at, (path, text) in enumerate(passages):
            if at in kept:
                continue
            candidates = by_text.get(fold(text), [])
            match = next((one for one in candidates if not same_section or one.section_path[-1:] == path[-1:]), None)
            if match is not None:
                candidates.remove(match)
                kept[at] = free.pop(match.id).id
    pairs = [
        (similarity, clause.section_path[-1:] == path[-1:], -at, clause.id)
        for at, (path, text) in enumerate(passages)
        if at not in kept
        for clause in free.values()
        if (similarity := fuzz.ratio(text.casefold(), clause.text.casefold(), score_cutoff=MIN_SIMILARITY))
    ]
    for _, _, minus_at, clause_id in sorted(pairs, reverse=True):
        if -minus_at not in kept and clause_id in free:
            kept[-minus_at] = free.pop(clause_id).id
    return kept
