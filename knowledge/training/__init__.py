"""Teaches the encoder the question bank and exports what serving runs.

The only importer of sentence-transformers, torch and peft: serving loads the exported files and never imports these.
"""
