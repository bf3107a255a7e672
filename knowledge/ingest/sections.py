"""The section path of every block: the headings it stands under, from the outermost to the innermost."""

from collections.abc import Iterator, Sequence

from knowledge.ingest.blocks import Block, BlockKind, Extract


def with_sections(extract: Extract, blocks: Sequence[Block]) -> Iterator[tuple[Block, tuple[str, ...]]]:
    """Give each block that is no heading with the headings it stands under.

    Headings of a told level lie in each other by level. The others lie in each other in the order in which their
    styles first come: with "I." and then "A.", each "A." lies in an "I.".

    Parameters
    ----------
    extract
        The document that the blocks lie in.
    blocks
        Its blocks, headings included.

    Yields
    ------
    tuple[Block, tuple[str, ...]]
        A block and its section path, verbatim.
    """
    path: list[tuple[int, str, str]] = []
    for block in blocks:
        if block.kind is not BlockKind.HEADING:
            yield block, tuple(text for _, _, text in path)
            continue
        styles = [style for _, style, _ in path]
        if block.style in styles:
            del path[styles.index(block.style) :]
        elif block.level:
            while path and (path[-1][0] >= block.level or not path[-1][0]):
                path.pop()
        path.append((block.level, block.style or f"told {block.level}", extract.text(block)))
