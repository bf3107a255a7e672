"""Makes one small file of the generated schemas: `python reduce.py GENERATED_FOLDER` (see README.md beside this).

Descriptions go, and so does what we never send: then a wrong block is refused instead of passing as "some other block".
"""

import json
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

HERE = Path(__file__).parent

METHODS = {
    "assistant.threads.setStatus": "AssistantThreadsSetStatusArguments",
    "assistant.threads.setSuggestedPrompts": "AssistantThreadsSetSuggestedPromptsArguments",
    "auth.revoke": "AuthRevokeArguments",
    "auth.test": "AuthTestArguments",
    "chat.postEphemeral": "ChatPostEphemeralArguments",
    "chat.postMessage": "ChatPostMessageArguments",
    "chat.update": "ChatUpdateArguments",
    "conversations.history": "ConversationsHistoryArguments",
    "conversations.info": "ConversationsInfoArguments",
    "conversations.members": "ConversationsMembersArguments",
    "conversations.open": "ConversationsOpenArguments",
    "conversations.replies": "ConversationsRepliesArguments",
    "files.completeUploadExternal": "FilesCompleteUploadExternalArguments",
    "files.getUploadURLExternal": "FilesGetUploadURLExternalArguments",
    "oauth.v2.access": "OAuthV2AccessArguments",
    "users.info": "UsersInfoArguments",
    "users.lookupByEmail": "UsersLookupByEmailArguments",
    "views.open": "ViewsOpenArguments",
    "views.publish": "ViewsPublishArguments",
    "views.push": "ViewsPushArguments",
    "views.update": "ViewsUpdateArguments",
}

# `Block` is any object with a type; the others are of apps of an earlier time, or of entities we do not have.
DROPPED = {f"#/definitions/{name}" for name in ("Block", "WorkflowStepView", "MessageAttachment", "EntityMetadata")}
# In Slack's list of scopes, and in no type yet. Source: https://docs.slack.dev/reference/scopes/assistant.write
SCOPES_TOO = ["assistant:write"]
NOTES = {"description", "$comment"}


def reduced(schema: Any, *, inside: str = "") -> Any:
    """Return a schema without notes, and without alternatives that are dropped."""
    if isinstance(schema, list):
        return [reduced(item) for item in schema if not is_dropped(item)]
    if not isinstance(schema, dict):
        return schema
    is_a_map = inside in ("properties", "definitions")
    if "chat:write" in schema.get("enum", ()):
        schema = {**schema, "enum": [*schema["enum"], *SCOPES_TOO]}
    return {
        key: reduced(value, inside="" if is_a_map else key)
        for key, value in schema.items()
        if (is_a_map or key not in NOTES) and not (inside == "properties" and is_dropped(value.get("items", value)))
    }


def is_dropped(schema: Any) -> bool:
    """Tell whether a schema stands for what we never send."""
    if not isinstance(schema, dict):
        return False
    # We neither attach anything in the old way nor write under another name or picture.
    is_another_way = not {"attachments", "as_user"}.isdisjoint(schema.get("required", ()))
    return schema.get("$ref") in DROPPED or is_another_way or "icon_url" in schema.get("properties", ())


def plainly_named(text: str, names: dict[str, str]) -> str:
    """Return a generated file in which names made of addresses in the sources are short: `OptionalArgument_1`."""

    def named(match: re.Match[str]) -> str:
        long = unquote(match["name"])
        if re.fullmatch(r"[\w.-]+", long) is None:
            kind = re.match(r"\w*", long)
            assert kind is not None
            long = names.setdefault(long, f"{kind[0]}_{len(names) + 1}")
        return f'{match["before"]}{long}"'

    text = re.sub(r'(?P<before>"\$ref": "#/definitions/)(?P<name>[^"]+)"', named, text)
    return re.sub(r'(?m)(?P<before>^    ")(?P<name>[^"]*<[^"]*)"(?=:)', named, text)


def used(schema: Any) -> set[str]:
    """Return the names that a schema refers to."""
    if isinstance(schema, list):
        return set().union(*map(used, schema))
    if not isinstance(schema, dict):
        return set()
    own = {schema["$ref"].removeprefix("#/definitions/")} if isinstance(schema.get("$ref"), str) else set()
    return own.union(*map(used, schema.values()))


def merged(folder: Path, roots: dict[str, str]) -> dict[str, Any]:
    """Return the definitions of several generated files; two of one name must say the same."""
    found: dict[str, Any] = {}
    names: dict[str, str] = {}
    for name, kind in roots.items():
        definitions = json.loads(plainly_named((folder / f"{kind}.json").read_text(), names))["definitions"]
        for key, value in reduced(definitions, inside="definitions").items():
            where = name if key == kind else key
            assert found.setdefault(where, value) == value, key
    wanted, seen = set(roots), set[str]()
    while wanted - seen:
        name = min(wanted - seen)
        seen.add(name)
        wanted |= used(found[name])
    return {name: found[name] for name in sorted(seen)}


def write(name: str, definitions: dict[str, Any]) -> None:
    """Write one file, a definition a line."""
    lines = ",\n".join(
        f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}" for key, value in definitions.items()
    )
    (HERE / name).write_text(
        f'{{"$schema":"http://json-schema.org/draft-07/schema#","definitions":{{\n{lines}\n}}}}\n', encoding="utf-8"
    )


def main() -> None:
    """Write both files."""
    folder = Path(sys.argv[1])
    write("arguments.schema.json", merged(folder, METHODS))
    write("manifest.schema.json", merged(folder, {"manifest": "AppsManifestCreateArguments"}))


if __name__ == "__main__":
    main()
