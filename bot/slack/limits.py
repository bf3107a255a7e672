"""What Slack takes at most. Each figure with its source."""

MAX_BLOCKS = 50
"""Blocks of one message. Source: https://docs.slack.dev/reference/block-kit/blocks"""

MAX_VIEW_BLOCKS = 100
"""Blocks of a modal or of the Home tab. Source: as above."""

MAX_MESSAGE_CHARACTERS = 12_000
"""Characters over all blocks of one message. Slack refuses somewhat over 13,200 with ``msg_blocks_too_long``, which stands
in no reference; we stay well below. Source: https://github.com/slackapi/bolt-js/issues/2509
"""

MAX_SECTION_CHARACTERS = 3000
"""Text of a section block. Source: https://docs.slack.dev/reference/block-kit/blocks/section-block

Rich text has no documented limit of its own; its pieces keep to the same figure.
"""

MAX_CONTEXT_CHARACTERS = 2000
"""Text of one element of a context block. Source: https://docs.slack.dev/reference/block-kit/composition-objects/text-object"""

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

MAX_TITLE_CHARACTERS = 24
"""Title, submit and close of a modal. Source: https://docs.slack.dev/reference/views/modal-views"""

MAX_METADATA_CHARACTERS = 3000
"""What a modal carries; same source."""

MAX_INPUT_CHARACTERS = 3000
"""What a person can type into one field, and what it can be filled in with.

Source: https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
"""

MAX_LABEL_CHARACTERS = 2000
"""Label and hint of an input block. Source: https://docs.slack.dev/reference/block-kit/blocks/input-block"""

MAX_OPTION_CHARACTERS = 75
"""Label of an option. Source: https://docs.slack.dev/reference/block-kit/composition-objects/option-object"""

MAX_OPTION_VALUE_CHARACTERS = 150
"""What an option carries; same source."""

MAX_OPTIONS = 100
"""Options of a select menu. Source: https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element"""

MOST_RADIO_BUTTONS = 4
"""With more options than this, a choice is a list that opens. Our own figure; Slack takes ten."""

MAX_PEOPLE = 20
"""Most people that may be picked in one field. Our own figure: no account has as many administrators."""
