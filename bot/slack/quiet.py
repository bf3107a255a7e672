"""A logger for Slack's libraries: theirs quote bodies, payloads and codes."""

import logging


def quiet_logger() -> logging.Logger:
    """Return a logger that says nothing."""
    logger = logging.getLogger("postwise.slack.library")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    return logger
