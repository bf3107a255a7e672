"""Tables as files: CSV that a spreadsheet opens and runs nothing of."""

import csv
import io
from collections.abc import Iterable, Sequence

from handlers.replies import FileText


def csv_file(name: str, rows: Iterable[Sequence[str]]) -> FileText:
    """Return rows, the names of the columns first, as a file."""
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([_harmless(cell) for cell in row] for row in rows)
    return FileText(name=name, text=written.getvalue())


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from reading a cell as a formula. Handles begin with @, which is one of its signs."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")) else cell
