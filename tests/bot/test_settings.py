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


TEAMS = {
    "MICROSOFT_APP_ID": "3f1c2a77",
    "MICROSOFT_APP_PASSWORD": "a-secret",
    "MICROSOFT_APP_TENANT_ID": "aaaa1111",
    "POSTWISE_DISTRICT": "redlands",
}


@pytest.mark.parametrize(
    ("changed", "variable", "wanted"),
    [
        ({"MICROSOFT_APP_ID": ""}, "MICROSOFT_APP_ID", "is empty"),
        ({"MICROSOFT_APP_PASSWORD": ""}, "MICROSOFT_APP_ID", "MICROSOFT_APP_PASSWORD"),
        ({"MICROSOFT_APP_TENANT_ID": ""}, "MICROSOFT_APP_ID", "MICROSOFT_APP_TENANT_ID"),
        ({"MICROSOFT_APP_TYPE": "SingelTenant"}, "MICROSOFT_APP_TYPE", "SingleTenant"),
        ({"MICROSOFT_APP_TYPE": "MultiTenant"}, "MICROSOFT_APP_ID", "POSTWISE_TEAMS_TENANTS"),
        ({"MICROSOFT_APP_TYPE": "UserAssignedMSI", "MICROSOFT_APP_TENANT_ID": ""}, "MICROSOFT_APP_ID", "TENANT_ID"),
        ({"POSTWISE_DISTRICT": ""}, "MICROSOFT_APP_ID", "POSTWISE_DISTRICT"),
    ],
)
def test_half_a_teams_bot_is_refused(
    changed: dict[str, str], variable: str, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bot without its credentials would believe whoever writes: it does not start, and says what to set."""
    for name, value in (TEAMS | changed).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SettingsNotValidError) as raised:
        read_settings()

    found = dict(raised.value.problems)
    assert wanted in found[variable]
    assert "a-secret" not in str(raised.value)


def test_whole_teams_bot_is_taken_and_its_channel_is_the_specialists(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a secret, or by a managed identity without one."""
    for name, value in TEAMS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("POSTWISE_TEAMS_SPECIALIST_CONVERSATION", "19:specialists@thread.tacv2")
    monkeypatch.setenv("POSTWISE_TEAMS_TENANTS", "BBBB2222, cccc3333")
    settings = read_settings()
    monkeypatch.setenv("MICROSOFT_APP_TYPE", "UserAssignedMSI")
    monkeypatch.delenv("MICROSOFT_APP_PASSWORD")
    read_settings()

    assert settings.allowed_tenants == {"aaaa1111", "bbbb2222", "cccc3333"}
    assert channels(settings)("redlands") == ConversationReference(
        platform="teams", address="19:specialists@thread.tacv2"
    )
    assert channels(settings)("hesperia").platform == "local"
    assert "a-secret" not in repr(settings)


def test_two_channels_of_the_specialists_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the cases would be read by nobody."""
    for name, value in TEAMS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    monkeypatch.setenv("POSTWISE_SLACK_SPECIALIST_CHANNEL", "C0SPECIALISTS")
    monkeypatch.setenv("POSTWISE_TEAMS_SPECIALIST_CONVERSATION", "19:specialists@thread.tacv2")

    with pytest.raises(SettingsNotValidError) as raised:
        read_settings()

    ((name, problem),) = raised.value.problems
    assert name == "POSTWISE_TEAMS_SPECIALIST_CONVERSATION"
    assert "keep one of the two" in problem
