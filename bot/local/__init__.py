"""The local chat page: a platform like Slack and Teams, in the browser of the same computer.

For trying and for demonstrations. It has no sign-in, so it answers only on loopback unless it is told otherwise, and
whoever opens it chooses in whose name to write. What Postwise said is kept in the database; what a person typed is
shown by their own browser and never kept here.
"""
