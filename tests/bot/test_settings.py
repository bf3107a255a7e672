"""Settings that cannot work are refused at the start, by the name of their variable."""

import pytest

from bot.dispatch import channels
from bot.settings import SettingsNotValidError, read_settings
from knowledge.conversations import ConversationReference


def test_slack_channel_without_token_or_district_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A channel alone would swallow every filing."""
    monkeypatch.setenv("POSTWISE_SLACK_SPECIALIST_CHANNEL", "C0SPECIALISTS")

    with pytest.raises(SettingsNotValidError) as raised:
        read_settings()

    ((name, problem),) = raised.value.problems
    assert name == "POSTWISE_SLACK_SPECIALIST_CHANNEL"
    assert "SLACK_BOT_TOKEN" in problem


def test_specialist_of_the_set_district_reads_in_slack_and_others_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """One workspace belongs to one district; the filings of another one never reach it."""
    monkeypatch.setenv("POSTWISE_SLACK_SPECIALIST_CHANNEL", "C0SPECIALISTS")
    monkeypatch.setenv("POSTWISE_DISTRICT", "redlands")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")

    settings = read_settings()

    channel_of = channels(settings)
    assert channel_of("redlands") == ConversationReference(platform="slack", address="C0SPECIALISTS")
    assert channel_of("hesperia") == ConversationReference(platform="local", address="specialists/hesperia")
    assert "xoxb" not in repr(settings)
