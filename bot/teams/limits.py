"""What Teams and Bot Framework take at most. Each figure with its source."""

MAX_ACTIVITY_BYTES = 256 * 1024
"""Longest activity that is read; Teams itself keeps a message under 100 kB.

Source: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages
"""

MAX_CARD_BYTES = 25_000
"""Longest card that we send, in bytes of JSON. Teams takes 28 kB where a card comes through a connector, and more from a bot.

Source: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference
"""

MAX_TOKEN_CHARACTERS = 6000
"""Longest bearer token that is looked at; our own figure, five times what Bot Framework sends."""

CLOCK_LEEWAY_SECONDS = 300
"""How far the clock of the channel may be from ours.

Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

KEYS_KEPT_SECONDS = 86_400.0
"""How long keys are used before they are asked for anew; same source."""

KEYS_GAP_SECONDS = 60.0
"""How long after asking for keys they are not asked for again, whoever sends tokens with keys that do not exist."""

KEYS_OLDEST_SECONDS = 5 * 86_400.0
"""How long keys are used while nobody can be asked for new ones; same source: "at least five days"."""

RATES = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))
"""Messages to one conversation: at most so many in so many seconds.

Source: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
"""

RATE_OF_TENANT = (30, 1.0)
"""Calls of one app in one tenant; same source (the lower of the two figures that it has printed)."""

MAX_ACTIONS = 6
"""Buttons side by side. Source: the host configuration of Teams, ``actions.maxActions``."""

MAX_CITATION_NAME = 80
MAX_CITATION_ABSTRACT = 160
"""Characters of a native citation.

Source: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bot-messages-ai-generated-content
"""

MAX_SUMMARY_CHARACTERS = 200
"""What a notification shows of a card; our own figure."""

MAX_TOAST_CHARACTERS = 500
"""Longest text that is shown at once to whoever pressed; our own figure."""
