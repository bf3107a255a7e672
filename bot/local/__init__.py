"""The local chat page: a platform like Slack and Teams, in the browser of the same computer.

For trying and for demonstrations. It has no sign-in, so it answers only on loopback unless it is told otherwise, and
it keeps what Postwise said in memory alone.
"""
