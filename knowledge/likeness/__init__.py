"""Accounts that may be one and the same, and the account that somebody means by a name of their own.

A search is over the accounts of one district. It suggests; a person says "this is it" or "this is another".
"""

from knowledge.likeness.search import Closest, Known, Likeness, Relation, closest, likely_same

__all__ = ["Closest", "Known", "Likeness", "Relation", "closest", "likely_same"]
