"""The shape oracle itself: what Slack takes passes, and each thing it would refuse is refused."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.slack_shapes import (
    arguments_of_form,
    problems_of_call,
    problems_of_manifest,
    problems_of_response,
)

Payload = dict[str, Any]


def plain(text: str) -> Payload:
    return {"type": "plain_text", "text": text, "emoji": False}


def button(number: int, **more: Any) -> Payload:
    return {
        "type": "button",
        "action_id": f"claim/{number}",
        "text": plain("Claim"),
        "value": "case/12",
        **more,
    }


def section(text: str, **more: Any) -> Payload:
    return {"type": "section", "text": plain(text), **more}


def answer() -> Payload:
    """An answer with a quoted clause, and a question back about it."""
    return {
        "channel": "D0COACH",
        "thread_ts": "1790000000.000100",
        "text": "Clause 4.2(b) says: get written consent first &amp; keep it on file.",
        "unfurl_links": False,
        "unfurl_media": False,
        "mrkdwn": False,
        "client_msg_id": "3f0f7c0a",
        "metadata": {"event_type": "postwise_delivery", "event_payload": {"key": "answer/12"}},
        "blocks": [
            {"type": "header", "text": plain("Photographs of students")},
            section("Yes, with written consent.", block_id="verdict"),
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_quote",
                        "elements": [{"type": "text", "text": "Staff obtain <written> consent & keep it on file."}],
                    },
                    {
                        "type": "rich_text_list",
                        "style": "bullet",
                        "elements": [
                            {
                                "type": "rich_text_section",
                                "elements": [
                                    {"type": "text", "text": "for each student", "style": {"bold": True}},
                                    {"type": "link", "url": "https://example.org/form", "text": "the form"},
                                ],
                            }
                        ],
                    },
                    {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "4.2(b)"}]},
                ],
            },
            {
                "type": "context",
                "elements": [
                    {
                        "type": "mrkdwn",
                        "text": "Asked by <@U0COACH> on <!date^1790000000^{date}|22 Nov>, see <https://example.org/a?b=1|the page>",
                    }
                ],
            },
            {"type": "divider"},
            {"type": "markdown", "text": "**Consent** is needed.\n\n> quoted & kept"},
            {
                "type": "actions",
                "elements": [
                    button(1, style="primary"),
                    button(
                        2,
                        style="danger",
                        confirm={
                            "title": plain("Deny?"),
                            "text": plain("The coach is told."),
                            "confirm": plain("Deny"),
                        },
                    ),
                ],
            },
            {
                "type": "context_actions",
                "elements": [
                    {
                        "type": "feedback_buttons",
                        "action_id": "feedback",
                        "positive_button": {"text": plain("Helpful"), "value": "yes"},
                        "negative_button": {"text": plain("Not helpful"), "value": "no"},
                    }
                ],
            },
        ],
    }


def update() -> Payload:
    return {
        "channel": "C0SPECIALISTS",
        "ts": "1790000000.000100",
        "text": "R-1 approved",
        "blocks": [section("R-1 approved")],
    }


def ephemeral() -> Payload:
    return {"channel": "C0SPECIALISTS", "user": "U0COACH", "text": "Somebody else was first."}


def form() -> Payload:
    """The form of /newaccount, with every kind of input it has."""
    return {
        "type": "modal",
        "callback_id": "newaccount",
        "private_metadata": "filing/12",
        "title": plain("Register an account"),
        "submit": plain("Send"),
        "close": plain("Cancel"),
        "notify_on_close": True,
        "blocks": [
            {"type": "context", "elements": [plain("A specialist decides within two school days.")]},
            {
                "type": "input",
                "block_id": "handle",
                "label": plain("Name of the account"),
                "hint": plain("As people see it: @lincolnhs"),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "handle",
                    "max_length": 100,
                    "initial_value": "@lincolnhs",
                    "placeholder": plain("@lincolnhs"),
                    "focus_on_load": True,
                },
            },
            {
                "type": "input",
                "block_id": "platform",
                "label": plain("Platform"),
                "element": {
                    "type": "static_select",
                    "action_id": "platform",
                    "options": [{"text": plain(name), "value": name.lower()} for name in ("Instagram", "TikTok")],
                    "initial_option": {"text": plain("TikTok"), "value": "tiktok"},
                },
            },
            {
                "type": "input",
                "block_id": "students",
                "optional": True,
                "label": plain("Are students to be seen?"),
                "element": {
                    "type": "radio_buttons",
                    "action_id": "students",
                    "options": [{"text": plain(name), "value": name.lower()} for name in ("Yes", "No")],
                },
            },
            {
                "type": "input",
                "block_id": "administrators",
                "label": plain("Administrators"),
                "element": {"type": "multi_users_select", "action_id": "administrators", "max_selected_items": 5},
            },
        ],
    }


def modal() -> Payload:
    return {"trigger_id": "12.34.abc", "view": form()}


def home() -> Payload:
    return {
        "user_id": "U0COACH",
        "view": {
            "type": "home",
            "blocks": [
                {"type": "header", "text": plain("Postwise")},
                {"type": "actions", "elements": [button(1)]},
            ],
        },
    }


def manifest() -> Payload:
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Postwise",
            "description": "Answers from your district's guidelines.",
            "long_description": "Answers from your district's own social-media guidelines. " * 5,
            "background_color": "#0A3D62",
        },
        "features": {
            "agent_view": {
                "agent_description": "Answers from your district's guidelines.",
                "suggested_prompts": [{"title": "Photographs", "message": "May I post a photograph of my class?"}],
            },
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "bot_user": {"display_name": "Postwise", "always_online": True},
            "shortcuts": [
                {
                    "type": "message",
                    "name": "Ask a specialist",
                    "callback_id": "escalate",
                    "description": "Hand it over",
                }
            ],
            "slash_commands": [
                {
                    "command": "/newaccount",
                    "description": "Register an account",
                    "url": "https://postwise.example.org/slack/events",
                }
            ],
        },
        "oauth_config": {
            "redirect_urls": ["https://postwise.example.org/slack/oauth_redirect"],
            "scopes": {"bot": ["assistant:write", "chat:write", "commands", "im:history", "users:read.email"]},
        },
        "settings": {
            "event_subscriptions": {
                "request_url": "https://postwise.example.org/slack/events",
                "bot_events": ["app_home_opened", "app_context_changed", "message.im", "tokens_revoked"],
            },
            "interactivity": {"is_enabled": True, "request_url": "https://postwise.example.org/slack/events"},
            "org_deploy_enabled": False,
            "socket_mode_enabled": False,
            "token_rotation_enabled": True,
        },
    }


CALLS: dict[str, Callable[[], Payload]] = {
    "chat.postMessage": answer,
    "chat.update": update,
    "chat.postEphemeral": ephemeral,
    "views.open": modal,
    "views.push": modal,
    "views.publish": home,
    "views.update": lambda: {"view_id": "V012", "hash": "1.ab", "view": form()},
    "assistant.threads.setStatus": lambda: {"channel_id": "D0COACH", "thread_ts": "1.0", "status": "is reading"},
    "assistant.threads.setSuggestedPrompts": lambda: {
        "channel_id": "D0COACH",
        "prompts": [{"title": "Photographs", "message": "May I post a photograph?"}],
    },
    "auth.test": dict,
    "conversations.history": lambda: {"channel": "C0", "limit": 100, "include_all_metadata": True},
    "conversations.info": lambda: {"channel": "C0"},
    "conversations.members": lambda: {"channel": "C0", "limit": 200, "cursor": "abc"},
    "conversations.open": lambda: {"users": "U0COACH"},
    "conversations.replies": lambda: {"channel": "C0", "ts": "1.0", "limit": 900},
    "files.completeUploadExternal": lambda: {"files": [{"id": "F0", "title": "register.csv"}], "channel_id": "D0COACH"},
    "files.getUploadURLExternal": lambda: {"filename": "register.csv", "length": 1200},
    "oauth.v2.access": lambda: {"client_id": "1.2", "client_secret": "s", "code": "c", "redirect_uri": "https://a.b"},
    "users.info": lambda: {"user": "U0COACH"},
    "users.lookupByEmail": lambda: {"email": "coach@lincoln.example"},
}


@pytest.mark.parametrize("method", CALLS)
def test_good_call_passes(method: str) -> None:
    """Nothing is said about a call that is as it should be."""
    problems = problems_of_call(method, CALLS[method]())

    assert problems == []


def put(value: Any, *path: str | int) -> Callable[[Payload], None]:
    """Return a change: one place takes another value."""

    def change(payload: Payload) -> None:
        found: Any = payload
        for step in path[:-1]:
            found = found[step]
        if value is GONE:
            del found[path[-1]]
        elif path[-1] == "+":
            found.append(copy.deepcopy(value))
        else:
            found[path[-1]] = value

    return change


GONE = object()

OTHER_CONSENT = {"type": "section", "text": {"type": "mrkdwn", "text": "a < b"}}

WRONG_CALLS: list[tuple[str, Callable[[Payload], None], str]] = [
    ("chat.postMessage", put(GONE, "channel"), "'channel' is a required property"),
    ("chat.postMessage", put("yes", "colour"), "'colour' was unexpected"),
    ("chat.postMessage", put(GONE, "text"), "text: is missing"),
    ("chat.postMessage", put("  ", "text"), "text: is missing"),
    ("chat.postMessage", put("x" * 4001, "text"), "text: 4001 characters"),
    ("chat.postMessage", put("x" * 40_001, "text"), "text: 40001 long"),
    ("chat.postMessage", put("<!channel> read this", "text"), "'<!channel> read this' is markup"),
    ("chat.postMessage", put("a & b", "text"), "bare '&'"),
    ("chat.postMessage", put("a -> b", "text"), "bare '>'"),
    ("chat.postMessage", put(GONE, "unfurl_links"), "unfurl_links: is not False"),
    ("chat.postMessage", put(True, "unfurl_media"), "unfurl_media: is not False"),
    ("chat.postMessage", put("full", "parse"), "parse: is set"),
    ("chat.postMessage", put(True, "link_names"), "link_names: is set"),
    ("chat.postMessage", put("Jane Doe", "metadata", "event_payload", "name"), "metadata: carries more"),
    ("chat.postMessage", put("Jane Doe", "metadata", "event_payload", "key"), "metadata: carries more"),
    ("chat.postMessage", put([section("a")] * 51, "blocks"), "blocks: 51 long"),
    ("chat.postMessage", put([section("a" * 2900)] * 5, "blocks"), "14500 characters in all"),
    ("chat.postMessage", put("x" * 3001, "blocks", 1, "text", "text"), "blocks[1].text: 3001 long"),
    ("chat.postMessage", put("", "blocks", 1, "text", "text"), "blocks[1].text: 0 long"),
    ("chat.postMessage", put("markdown", "blocks", 1, "text", "type"), "blocks[1].text: 'markdown' is nothing"),
    ("chat.postMessage", put({"type": "mrkdwn", "text": "a"}, "blocks", 0, "text"), "blocks[0].text.type"),
    ("chat.postMessage", put("sektion", "blocks", 1, "type"), "blocks[1]: 'sektion' is nothing"),
    ("chat.postMessage", put("x", "blocks", 1, "title"), "blocks[1]: Additional properties"),
    ("chat.postMessage", put(GONE, "blocks", 1, "text"), "blocks[1]: neither text nor fields"),
    ("chat.postMessage", put([plain("x" * 2001)], "blocks", 1, "fields"), "fields[0].text: 2001 long"),
    ("chat.postMessage", put([plain("x")] * 11, "blocks", 1, "fields"), "fields: 11 long"),
    ("chat.postMessage", put("x" * 151, "blocks", 0, "text", "text"), "blocks[0].text: 151 long"),
    ("chat.postMessage", put(section("b", block_id="verdict"), "blocks", "+"), "'verdict' is taken by blocks[1]"),
    ("chat.postMessage", put("claim/1", "blocks", 6, "elements", 1, "action_id"), "'claim/1' is taken by"),
    ("chat.postMessage", put("x" * 256, "blocks", 1, "block_id"), "block_id: 256 long"),
    ("chat.postMessage", put("x" * 256, "blocks", 6, "elements", 0, "action_id"), "action_id: 256 long"),
    ("chat.postMessage", put(plain("x" * 76), "blocks", 6, "elements", 0, "text"), "text: 76 long"),
    ("chat.postMessage", put("x" * 2001, "blocks", 6, "elements", 0, "value"), "value: 2001 long"),
    ("chat.postMessage", put("https://a/" + "x" * 3000, "blocks", 6, "elements", 0, "url"), "url: 3010 long"),
    ("chat.postMessage", put("http://example.org", "blocks", 6, "elements", 0, "url"), "no https address"),
    ("chat.postMessage", put("red", "blocks", 6, "elements", 0, "style"), "style: 'red' is not one of"),
    ("chat.postMessage", put("knob", "blocks", 6, "elements", 0, "type"), "'knob' is nothing"),
    ("chat.postMessage", put([button(n) for n in range(26)], "blocks", 6, "elements"), "elements: 26 long"),
    ("chat.postMessage", put([], "blocks", 6, "elements"), "elements: 0 long"),
    ("chat.postMessage", put(plain("x" * 101), "blocks", 6, "elements", 1, "confirm", "title"), "title: 101 long"),
    ("chat.postMessage", put(plain("x" * 301), "blocks", 6, "elements", 1, "confirm", "text"), "text: 301 long"),
    ("chat.postMessage", put(plain("x" * 31), "blocks", 6, "elements", 1, "confirm", "confirm"), "confirm: 31 long"),
    ("chat.postMessage", put([plain("x")] * 11, "blocks", 3, "elements"), "elements: 11 long"),
    ("chat.postMessage", put("<!here> now", "blocks", 3, "elements", 0, "text"), "'<!here> now' is markup"),
    ("chat.postMessage", put("<!everyone>", "blocks", 3, "elements", 0, "text"), "'<!everyone>' is markup"),
    ("chat.postMessage", put("<!subteam^S0>", "blocks", 3, "elements", 0, "text"), "'<!subteam^S0>' is markup"),
    ("chat.postMessage", put("<http://a.b|bank>", "blocks", 3, "elements", 0, "text"), "is markup"),
    ("chat.postMessage", put("<mailto:a@b.c>", "blocks", 3, "elements", 0, "text"), "is markup"),
    ("chat.postMessage", put(OTHER_CONSENT, "blocks", 1), "'< b' is markup"),
    ("chat.postMessage", put("<!channel>", "blocks", 5, "text"), "'<!channel>' is markup"),
    ("chat.postMessage", put("x" * 12_001, "blocks", 5, "text"), "text: 12001 long"),
    ("chat.postMessage", put([{"type": "markdown", "text": "x" * 6001}] * 2, "blocks"), "12002 characters of Markdown"),
    (
        "chat.postMessage",
        put({"type": "alert", "text": plain("a")}, "blocks", "+"),
        "'alert' does not stand in a message",
    ),
    (
        "chat.postMessage",
        put({"type": "broadcast", "range": "channel"}, "blocks", 2, "elements", 0, "elements", "+"),
        "broadcast would wake many",
    ),
    ("chat.postMessage", put("", "blocks", 2, "elements", 0, "elements", 0, "text"), "elements[0].text: 0 long"),
    ("chat.postMessage", put("rich_text_box", "blocks", 2, "elements", 0, "type"), "'rich_text_box' is nothing"),
    ("chat.postMessage", put("numbers", "blocks", 2, "elements", 1, "style"), "style: 'numbers' is not one of"),
    (
        "chat.postMessage",
        put("javascript:x", "blocks", 2, "elements", 1, "elements", 0, "elements", 1, "url"),
        "no https",
    ),
    ("chat.postMessage", put(GONE, "blocks", 7, "elements", 0, "negative_button"), "'negative_button' is a required"),
    (
        "chat.postMessage",
        put(plain("x" * 76), "blocks", 7, "elements", 0, "positive_button", "text"),
        "positive_button.text: 76 long",
    ),
    ("chat.update", put(GONE, "ts"), "'ts' is a required property"),
    ("chat.update", put(GONE, "text"), "text: is missing"),
    ("chat.update", put(False, "unfurl_links"), "'unfurl_links' was unexpected"),
    ("chat.postEphemeral", put(GONE, "user"), "'user' is a required property"),
    ("chat.postEphemeral", put("", "text"), "text: is missing"),
    ("views.open", put(GONE, "trigger_id"), "is a required property"),
    ("views.open", put("home", "view", "type"), "view.type: is 'home'"),
    ("views.open", put(plain("x" * 25), "view", "title"), "view.title: 25 long"),
    ("views.open", put(plain("x" * 25), "view", "submit"), "view.submit: 25 long"),
    ("views.open", put(plain("x" * 25), "view", "close"), "view.close: 25 long"),
    ("views.open", put(GONE, "view", "title"), "view: 'title' is a required property"),
    ("views.open", put(GONE, "view", "submit"), "view.submit: is missing"),
    ("views.open", put("x" * 3001, "view", "private_metadata"), "private_metadata: 3001 long"),
    ("views.open", put("x" * 256, "view", "callback_id"), "callback_id: 256 long"),
    ("views.open", put([section("a")] * 101, "view", "blocks"), "view.blocks: 101 long"),
    ("views.open", put([section("a" * 2999)] * 90, "view", "blocks"), "more than 250000 bytes"),
    ("views.open", put(plain("x" * 2001), "view", "blocks", 1, "label"), "label: 2001 long"),
    ("views.open", put(plain("x" * 2001), "view", "blocks", 1, "hint"), "hint: 2001 long"),
    ("views.open", put(plain("x" * 151), "view", "blocks", 1, "element", "placeholder"), "placeholder: 151 long"),
    ("views.open", put("x" * 101, "view", "blocks", 1, "element", "initial_value"), "longer than max_length"),
    ("views.open", put(3001, "view", "blocks", 1, "element", "max_length"), "do not fit 0 to 3000"),
    ("views.open", put("button", "view", "blocks", 1, "element", "type"), "'button' is nothing"),
    ("views.open", put("handle", "view", "blocks", 2, "block_id"), "'handle' is taken by"),
    ("views.open", put(True, "view", "blocks", 2, "element", "focus_on_load"), "focus_on_load stands at two"),
    ("views.open", put(plain("x" * 76), "view", "blocks", 2, "element", "options", 0, "text"), "text: 76 long"),
    ("views.open", put("x" * 151, "view", "blocks", 2, "element", "options", 0, "value"), "value: 151 long"),
    ("views.open", put("tiktok", "view", "blocks", 2, "element", "options", 0, "value"), "two have the same value"),
    ("views.open", put("X", "view", "blocks", 2, "element", "initial_option", "value"), "none of the options"),
    (
        "views.open",
        put([{"text": plain("a"), "value": str(n)} for n in range(101)], "view", "blocks", 2, "element", "options"),
        "options: 101 long",
    ),
    (
        "views.open",
        put([{"text": plain("a"), "value": str(n)} for n in range(11)], "view", "blocks", 3, "element", "options"),
        "options: 11 long",
    ),
    ("views.open", put(answer()["blocks"][7], "view", "blocks", "+"), "'context_actions' does not stand in a modal"),
    ("views.publish", put(answer()["blocks"][5], "view", "blocks", "+"), "'markdown' does not stand in a home"),
    ("views.publish", put("modal", "view", "type"), "is 'modal', not 'home'"),
    ("views.publish", put("C0", "view", "channel"), "'channel' was unexpected"),
    ("assistant.threads.setStatus", put(GONE, "status"), "'status' is a required property"),
    (
        "assistant.threads.setSuggestedPrompts",
        put([{"title": "a", "message": "b"}] * 5, "prompts"),
        "prompts: 5 long",
    ),
    ("assistant.threads.setSuggestedPrompts", put("1.0", "thread_ts"), "makes the call fail silently"),
    ("assistant.threads.setStatus", put(["reads"] * 11, "loading_messages"), "loading_messages: 11 long"),
    ("conversations.open", put(["U0COACH"], "users"), "users"),
    ("users.info", put(GONE, "user"), "'user' is a required property"),
    ("files.completeUploadExternal", put("<!channel>", "initial_comment"), "'<!channel>' is markup"),
    ("chat.postMassage", put("x", "text"), "no method that we call"),
]


@pytest.mark.parametrize(
    ("method", "change", "said"), WRONG_CALLS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_wrong_call_is_refused(method: str, change: Callable[[Payload], None], said: str) -> None:
    """Each fault is found, and what is said names it."""
    arguments = CALLS[method]() if method in CALLS else {}
    change(arguments)

    problems = problems_of_call(method, arguments)

    assert any(said in problem for problem in problems), problems


def test_one_fault_is_told_in_one_sentence() -> None:
    """An unknown field deep in one of eight blocks is told as such, not as eighteen ways a message may look."""
    arguments = answer()
    arguments["blocks"][6]["elements"][0]["colour"] = "red"

    problems = problems_of_call("chat.postMessage", arguments)

    assert problems == ["blocks[6].elements[0]: Additional properties are not allowed ('colour' was unexpected)"]


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        {},
        "Opening the form.",
        {"response_type": "ephemeral", "text": "Help", "blocks": [section("Help")]},
        {"replace_original": True, "text": "Approved"},
        {"delete_original": True},
        {"response_action": "errors", "errors": {"handle": "Another account has this name."}},
        {"response_action": "clear"},
        {"response_action": "update", "view": form()},
        {"response_action": "push", "view": form()},
    ],
)
def test_good_answer_passes(body: object) -> None:
    """Commands are answered with a message for one person, submitted forms with an action."""
    problems = problems_of_response(body, view=form())

    assert problems == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (7, "neither a text nor an object"),
        ("<!channel>", "'<!channel>' is markup"),
        ({"response_type": "in_channel", "text": "Help"}, "everybody in the channel"),
        ({"response_type": "loud", "text": "Help"}, "'loud' is not one of"),
        ({"response_type": "ephemeral", "blocks": [section("Help")]}, "text: is missing"),
        ({"text": "Help", "blocks": [section("x" * 3001)]}, "3001 long"),
        ({"text": "Help", "channel": "C0"}, "'channel' was unexpected"),
        ({"response_action": "errors", "errors": {"colour": "Wrong"}}, "errors.colour: no input"),
        ({"response_action": "errors", "errors": {}}, "errors: {} "),
        ({"response_action": "errors", "errors": {"handle": ""}}, "errors.handle: '' "),
        ({"response_action": "errors", "errors": {"handle": ["Wrong"]}}, "is not of type 'string'"),
        ({"response_action": "errors"}, "'errors' is a required property"),
        ({"response_action": "shut"}, "'shut' is none"),
        ({"response_action": "clear", "view": form()}, "'view' was unexpected"),
        ({"response_action": "update"}, "'view' is a required property"),
        ({"response_action": "push", "view": {**form(), "title": plain("x" * 25)}}, "view.title: 25 long"),
    ],
)
def test_wrong_answer_is_refused(body: object, said: str) -> None:
    """A form that is answered wrongly shows "We had some trouble connecting", and nobody learns why."""
    problems = problems_of_response(body, view=form())

    assert any(said in problem for problem in problems), problems


def test_good_manifest_passes() -> None:
    """Ours, as it is planned."""
    problems = problems_of_manifest(manifest())

    assert problems == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put(GONE, "display_information"), "'display_information' is a required property"),
        (put("red", "display_information", "colour"), "'colour' was unexpected"),
        (put("x" * 36, "display_information", "name"), "name: 36 long"),
        (put("Short.", "display_information", "long_description"), "long_description: 6 long"),
        (put("x" * 4001, "display_information", "long_description"), "long_description: 4001 long"),
        (put({"assistant_description": "a"}, "features", "assistant_view"), "stands there beside agent_view"),
        (put("newaccount", "features", "slash_commands", 0, "command"), "is no name of a command"),
        (put("x" * 25, "features", "shortcuts", 0, "name"), "name: 25 long"),
        (put("channel", "features", "shortcuts", 0, "type"), "type: 'channel' is not one of"),
        (put("http://a.b", "features", "slash_commands", 0, "url"), "url: no https address"),
        (put(["http://a.b"], "oauth_config", "redirect_urls"), "redirect_urls: no https address"),
        (put("chat:shout", "oauth_config", "scopes", "bot", 0), "'chat:shout' is not one of"),
        (put("chat:write", "oauth_config", "scopes", "bot", "+"), "names something twice"),
        (put("message.im2", "settings", "event_subscriptions", "bot_events", 0), "'message.im2' is not one of"),
        (put("yes", "settings", "socket_mode_enabled"), "is not of type 'boolean'"),
        (put({}, "colours"), "colours: no part"),
    ],
)
def test_wrong_manifest_is_refused(change: Callable[[Payload], None], said: str) -> None:
    """Slack refuses some of these only when somebody installs the app; some never, and then nothing arrives."""
    changed = manifest()
    change(changed)

    problems = problems_of_manifest(changed)

    assert any(said in problem for problem in problems), problems


def test_form_is_read_as_the_values_it_stands_for() -> None:
    """Some methods are always called with a form, where everything is a text."""
    arguments = arguments_of_form({"channel": "C0", "limit": "100", "include_all_metadata": "1"})

    assert arguments == {"channel": "C0", "limit": 100, "include_all_metadata": True}
    assert problems_of_call("conversations.history", arguments) == []
