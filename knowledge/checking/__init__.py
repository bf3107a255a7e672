"""Checks a post before it is published: what it raises, what the district's clauses make of that, what is unsaid."""
