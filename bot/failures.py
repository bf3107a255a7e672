"""Notes what nobody foresaw, so that whoever is told of it can find it in the log."""

import uuid

import structlog

log = structlog.get_logger()


def noted(error: BaseException) -> str:
    """Log an error by its kind and place, and return the reference under which the log has it.

    The error's own words are left out: they may quote what a person typed.
    """
    reference = uuid.uuid4().hex[:8]
    log.error("turn failed", reference=reference, kind=type(error).__name__, at=place_of(error))
    return reference


def place_of(error: BaseException) -> str:
    """Name file and line where an error arose, without any value."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return f"{traceback.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{traceback.tb_lineno}" if traceback else ""
