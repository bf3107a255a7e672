"""Spoils clean wordings the way a hurried phone does, so that the encoder learns to look through it."""

import random
import re

_SHORT = {
    "instagram": ("ig", "insta", "IG"),
    "facebook": ("fb", "FB", "facebk"),
    "twitter": ("twtr", "X", "twiter"),
    "you": ("u",),
    "your": ("ur",),
    "are": ("r",),
    "because": ("bc", "cuz"),
    "with": ("w/",),
    "without": ("w/o",),
    "picture": ("pic", "photo"),
    "pictures": ("pics", "photos"),
    "photo": ("pic", "foto"),
    "photos": ("pics",),
    "please": ("pls", "plz"),
    "people": ("ppl",),
    "students": ("kids", "sts", "pupils"),
    "student": ("kid", "pupil"),
    "kids": ("students",),
    "account": ("acct", "acount"),
    "administrator": ("admin",),
    "administrators": ("admins",),
    "principal": ("principle", "pricipal"),
    "permission": ("permision", "the ok"),
    "parents": ("parnets", "moms"),
    "about": ("abt",),
    "though": ("tho",),
    "going to": ("gonna",),
    "want to": ("wanna",),
    "tomorrow": ("tmrw",),
}
_BEFORE = (
    "quick q: ",
    "hey ",
    "hi, ",
    "question - ",
    "so ",
    "um ",
    "hello! ",
    "real quick, ",
    "sorry to bug you, ",
    "Hey there, ",
)
_AFTER = (" thx", " thanks", " pls", "??", " lol", " ty!", " asap", " just checking", " thank you")


def spoil(text: str, chance: random.Random) -> str:  # noqa: C901 - one branch for each way of spoiling
    """Return the text as the same person might have typed it in a hurry; often unchanged.

    Parameters
    ----------
    text
        A wording of the bank.
    chance
        Source of randomness, seeded by the caller.
    """
    if chance.random() < 0.35:
        return text
    if chance.random() < 0.5:
        words = re.split(r"(\W+)", text)
        for place, word in enumerate(words):
            shorts = _SHORT.get(word.lower())
            if shorts and chance.random() < 0.5:
                words[place] = chance.choice(shorts)
        text = "".join(words)
    if chance.random() < 0.4:
        text = text.lower()
    if chance.random() < 0.3:
        text = re.sub(r"[.,'’!?]", "", text)
    if chance.random() < 0.35:
        for _ in range(1 + len(text) // 60):
            text = _mistype(text, chance)
    if chance.random() < 0.12:
        text = chance.choice(_BEFORE) + text
    if chance.random() < 0.12:
        text += chance.choice(_AFTER)
    return text


def _mistype(text: str, chance: random.Random) -> str:
    """Drop, double or swap one letter inside a word of four letters or more."""
    places = [match.start() for match in re.finditer(r"(?<=\w)\w(?=\w\w)", text)]
    if not places:
        return text
    place = chance.choice(places)
    what = chance.random()
    if what < 0.35:
        return text[:place] + text[place + 1 :]
    if what < 0.6:
        return text[:place] + text[place] + text[place:]
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
