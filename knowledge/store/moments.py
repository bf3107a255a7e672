"""The database's own clock, as an expression: leases and due moments go by one clock, however many replicas there are."""

from typing import Any

from sqlalchemy import ColumnElement, Float, func, literal
from sqlalchemy.ext.asyncio import AsyncConnection

_JULIAN_DAY_OF_1970 = 2440587.5
_SECONDS_OF_A_DAY = 86400.0


def moment(connection: AsyncConnection, held: float | None = None) -> ColumnElement[Any]:
    """Return the present moment in seconds since 1970 UTC.

    Parameters
    ----------
    held
        The moment to take instead; for tests that hold time still.
    """
    if held is not None:
        return literal(held, Float)
    if connection.dialect.name == "postgresql":
        # now() would be the beginning of the transaction, which may have waited for a lock since.
        return func.extract("epoch", func.clock_timestamp())
    # unixepoch('subsec') needs SQLite 3.42, and Python 3.11 still comes with 3.40.
    return (func.julianday("now") - _JULIAN_DAY_OF_1970) * _SECONDS_OF_A_DAY
