"""Lists of people as staff type and paste them: names and e-mail addresses in any order, bullets, Outlook's brackets."""

import re

_BULLET = re.compile(r"^\s*(?:[-*•·–]|\(?\d{1,2}[.)])\s*")
_BRACKETS = re.compile(r"[(\[][^@()\[\]]{0,60}[)\]]")
_MAILTO = re.compile(r"<?mailto:[^>\s]*>?", re.IGNORECASE)
_LAST_FIRST = re.compile(r"^\s*([^,<@]{1,40}),\s*([^,<@]{1,40})<")
_BETWEEN = re.compile(r"\s+(?:and|&|/)\s+|\s*[;|]\s*", re.IGNORECASE)
_NO_PERSON = frozenset(
    "name names email emails e-mail e-mails mail address administrator administrators admin admins role thanks thank you regards and".split()
)


def people_lines(text: str) -> list[str]:
    """Split a list into lines, a name and the address in the line under it together."""
    lines: list[str] = []
    for raw in text.replace(";", "\n").splitlines():
        line = _BULLET.sub("", raw).strip()
        if not line or set(re.findall(r"[a-z-]+", line.lower())) <= _NO_PERSON:
            continue
        if lines and "@" not in lines[-1] and "@" in line and line.split("@")[0].count(" ") == 0:
            lines[-1] = f"{lines[-1]} {line}"
        else:
            lines.append(line)
    return lines


def people_on_line(line: str) -> list[tuple[str, str]]:
    """Read the people of one line.

    Returns
    -------
    list[tuple[str, str]]
        Name and e-mail address as typed, in small letters; either is empty where it is not there.
    """
    plain = _MAILTO.sub(" ", line.replace('"', " ").replace("“", " ").replace("”", " "))
    plain = _BRACKETS.sub(" ", _LAST_FIRST.sub(r"\2 \1 <", plain))
    people: list[tuple[str, str]] = []
    for part in _BETWEEN.split(plain):
        people += _in_part(part)
    return people


def _in_part(part: str) -> list[tuple[str, str]]:
    words = re.sub(r"[<>(),\[\]]", " ", part).split()
    at = [place for place, word in enumerate(words) if "@" in word]
    if not at:
        name = _name(words)
        return [(name, "")] if any(character.isalnum() for character in name) else []
    # "coach@x Cal Coach" as well as "Cal Coach coach@x": the names stand before each address, or behind each.
    is_name_first = at[0] > 0 or len(words) == 1
    people = []
    for nth, place in enumerate(at):
        if is_name_first:
            start = at[nth - 1] + 1 if nth else 0
            called = words[start:place]
        else:
            end = at[nth + 1] if nth + 1 < len(at) else len(words)
            called = words[place + 1 : end]
        people.append((_name(called), words[place].strip(".:'").lower()))
    return people


def _name(words: list[str]) -> str:
    kept = [word for word in words if any(character.isalnum() for character in word)]
    return " ".join(kept).strip(" :-–.,!")
