"""The root of every error this product raises on purpose.

Each error is defined beside its subject; only the root lives here. An error states a fact and carries its data as
attributes; the words a person reads are made in `handlers.wording.problems`.
"""


class PostwiseError(Exception):
    """Something Postwise knows how to tell a person about."""
