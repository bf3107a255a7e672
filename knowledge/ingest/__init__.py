"""Guideline documents into clauses; `knowledge.ingest.reading` is the way in."""
