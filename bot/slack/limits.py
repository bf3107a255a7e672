"""What Slack takes at most. Each figure with its source."""

MAX_BLOCKS = 50
"""Blocks of one message. Source: https://docs.slack.dev/reference/block-kit/blocks"""

MAX_SECTION_CHARACTERS = 3000
"""Text of a section block. Source: https://docs.slack.dev/reference/block-kit/blocks/section-block"""

MAX_BUTTONS = 25
"""Elements of an actions block. Source: https://docs.slack.dev/reference/block-kit/blocks/actions-block"""

MAX_BUTTON_CHARACTERS = 75
"""Label of a button. Source: https://docs.slack.dev/reference/block-kit/block-elements/button-element"""

MAX_VALUE_CHARACTERS = 2000
"""What a button carries; same source."""

MAX_TEXT_CHARACTERS = 4000
"""Text beside the blocks, for notifications and readers without them; Slack recommends no more.

Source: https://docs.slack.dev/reference/methods/chat.postMessage
"""
