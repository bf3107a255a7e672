"""Slack: a platform like the others. Its libraries are known only here."""
