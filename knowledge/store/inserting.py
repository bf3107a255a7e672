"""An INSERT that can say what happens where the row is there already; each database has its own."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert_on(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT of the connection's own kind."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
