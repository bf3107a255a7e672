"""Structured logs: one JSON object a line, without message text, names or tokens."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_NEVER_LOGGED = frozenset(
    {"text", "body", "message", "question", "name", "email", "token", "secret", "draft", "reason"}
)
"""Fields that could carry what a person wrote. A line that has one loses it, whoever wrote the line."""


def configure() -> None:
    """Send logs to standard error as JSON lines."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            drop_what_people_wrote,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Libraries log requests with their addresses and, at DEBUG, bodies; only their warnings are wanted.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, force=True)


def drop_what_people_wrote(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Remove the fields that could carry what a person wrote."""
    return {key: value for key, value in event.items() if key not in _NEVER_LOGGED}
