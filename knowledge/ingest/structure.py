"""Blocks of a document into its clauses, whatever format they came from."""

from collections.abc import Sequence

from knowledge.guidelines import Clause
from knowledge.ingest.blocks import BlockKind, Extract, fold
from knowledge.ingest.headings import find_headings
from knowledge.ingest.identity import name_clauses
from knowledge.ingest.leadins import Passage, with_lead_ins
from knowledge.ingest.leftovers import without_leftovers
from knowledge.ingest.modality import read_modality
from knowledge.ingest.references import read_references
from knowledge.ingest.scope import read_scope
from knowledge.ingest.sections import with_sections
from knowledge.ingest.sentences import rule_spans


def find_clauses(
    extract: Extract, *, district_id: str, previous: Sequence[Clause] = ()
) -> tuple[str | None, tuple[Clause, ...]]:
    """Cut a document into clauses.

    Parameters
    ----------
    extract
        The document as its reader gave it.
    district_id
        First part of each clause's id.
    previous
        Clauses of the former version, whose ids are kept.

    Returns
    -------
    tuple[str | None, tuple[Clause, ...]]
        The document's title, or None, and its clauses in order.
    """
    outline = find_headings(extract, without_leftovers(extract))
    passages = with_lead_ins(extract, list(with_sections(extract, outline.blocks)))
    cuts = [(passage, start, end) for passage in passages for start, end in _cut(extract, passage)]
    texts = [fold(extract.source_text[start:end]) for _, start, end in cuts]
    ids = name_clauses(
        [(passage.section_path, text) for (passage, _, _), text in zip(cuts, texts, strict=True)],
        district_id=district_id,
        previous=previous,
    )
    return outline.title, tuple(
        Clause(
            id=clause_id,
            section_path=passage.section_path,
            lead_in=passage.lead_in,
            text=text,
            start=start,
            end=end,
            modality=read_modality(
                # The head of a table names its columns ("Approval needed"); it commands nothing.
                text,
                lead_in=None if passage.block.kind is BlockKind.ROW else passage.lead_in,
                heading=passage.section_path[-1] if passage.section_path else "",
            ),
            scope=read_scope(text, section_path=passage.section_path, lead_in=passage.lead_in),
            references=read_references(text),
        )
        for clause_id, text, (passage, start, end) in zip(ids, texts, cuts, strict=True)
    )


def _cut(extract: Extract, passage: Passage) -> list[tuple[int, int]]:
    """Cut a long paragraph of several rules; a list item is the author's own cut and stays whole."""
    block = passage.block
    if block.kind not in {BlockKind.PARAGRAPH, BlockKind.NUMBERED} or passage.lead_in is not None:
        return [(block.start, block.end)]
    spans = rule_spans(extract.source_text[block.start : block.end])
    return [(block.start + start, block.start + end) for start, end in spans]
