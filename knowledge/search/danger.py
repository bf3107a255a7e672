"""Words that tell of danger to a person, whoever writes them and whatever else the message says.

The trained model knows staff who report; it does not know somebody who writes of themselves, a stolen account, a cry of
two words, or another language. A missed danger is the worst mistake this product can make, so these patterns stand
beside the model and overrule every other reading. They never judge whether it is true.
"""

import re

from knowledge.personal_data import PersonalDataType, find_personal_data, mask

_SELF = r"(?:my|him|her|them|your)sel(?:f|ves)"
_PERSON = r"(?:you|him|her|them|me|us|every(?:one|body)|people|someone|mr|mrs|ms|my|the (?:school|kids|principal|teacher)|this (?:school|place)|all of)"
_WILL = r"(?:i'?ll|i will|i'?m (?:going to|gonna)|i am (?:going to|gonna)|im (?:going to|gonna)|he'?ll|she'?ll|(?:is|are|was|were) (?:going to|gonna)|will|threaten\w* to)"

_DANGER = re.compile(
    "|".join(
        (
            rf"\bkill(?:s|ing|ed)? {_SELF}\b",
            rf"\b(?:hurt|harm|cut)(?:s|ting|ing)? {_SELF}\b",
            r"\b(?:chok(?:e|ing)|black ?out|pass(?:ing)?[ -]?out|fainting|knock ?out|tide pod) (?:game|challenge|thing|dare)s?\b",
            r"\b(?:fainted|passed out|blacked out|collapsed|had a seizure|stopped breathing|can'?t breathe|won'?t wake up)\b",
            r"\b(?:took|swallowed|taken) (?:\w+ ){0,4}(?:pills|tylenol|bleach|meds)\b",
            r"\b(?:want|wants|wanted|wanna|ready|going) (?:to )?die\b",
            r"\bend(?:ing|s)? (?:my|his|her|their|your) (?:own )?life\b",
            r"\b(?:don'?t|dont|doesn'?t|doesnt|didn'?t) (?:want|wanna)(?: to)? (?:live|be alive|be here)\b",
            r"\bsuicid",
            r"\b(?:no ?body|no[ -]one|no1) (?:would|will|'d) (?:even )?(?:miss|notice|care about) (?:me|if i)\b|\bbetter off without me\b|\bif i (?:was|were) (?:gone|dead)\b",
            r"\bcan'?t go on any ?more\b|\bend it all\b",
            rf"\b{_WILL} (?:\w+ )?(?:kill|shoot|stab|bomb|burn|hurt) {_PERSON}\b",
            r"\bshoot(?:ing)? up\b(?! a storm)",
            r"\bactive shooter\b|\bthere'?s a shooter\b|\bshooter (?:in|at|on)\b",
            r"\b(?:has|have|got|bring(?:s|ing)?|brought|with) (?:a|an|his|her|my|(?:my |his |her )?dad'?s) (?:gun|knife|weapon|pistol|rifle|bomb)\b",
            r"\b(?:overdos(?:e|ed|ing)|not breathing|isn'?t breathing|unconscious|bleeding|gas leak|in lockdown)\b",
            r"\b(?:there'?s|there is|theres) a fire\b",
            r"\b(?:is|are|was|were|he's|she's) (?:being|getting) (?:hit|hurt|beaten|abused|molested)\b(?! up)",
            r"(?<!bus )\b(?:hits|beats|molests|abuses|abused|hurts) (?:me|her|him|(?:his|her|their|my|our|the) (?:kids?|sons?|daughters?|wife|child(?:ren)?|students?|girl|boy))\b",
            r"\babused by\b|\bhurt at home\b",
            r"\bnudes? of (?:a |my |our |the )?(?:student|kid|girl|boy|pupil)|\bposting my nudes\b",
            r"\b(?:kid|student|child|boy|girl) is missing\b|\bgone since (?:yesterday|last night|this morning)\b",
            rf"\b{_WILL} burn (?:\w+ )?(?:school|building|classroom|library|house|gym)\b",
            # Spanish, as pupils and parents write it.
            r"\bquiero morir\b|\bme quiero (?:morir|matar)\b|\bse (?:va a|quiere) matar\b|\bquitar(?:me|se) la vida\b",
            r"\b(?:una|la) navaja\b|\bun cuchillo\b|\b(?:está|esta|anda) desaparecid[ao]\b",
            r"\b(?:una|la) pistola\b|\bun arma\b|\bva a (?:matar|disparar)\b|\bme (?:pega|golpea)\b",
        )
    ),
    re.IGNORECASE,
)

_NOT_NOW = re.compile(
    r"\b(?:drills?|what (?:if|do (?:i|we) do if)|if (?:a|someone|somebody|there|anyone|we|i) (?:ever|were|was)|polic(?:y|ies)|training|procedures?|rules?|quiz|"
    r"posters?|photos?|jokes?|refresher|module|play|novel|movie|musical|rehearsal|hotline|prevention|awareness|assembly on|lesson|curriculum|scoreboard|lol)\b",
    re.IGNORECASE,
)


def tells_of_danger(text: str) -> bool:
    """Tell whether a message speaks of danger to a person, now and not as an example.

    Parameters
    ----------
    text
        The message; each of its sentences is looked at by itself.
    """
    folded = text.replace("\u2019", "'")
    return any(
        _DANGER.search(sentence) and not _NOT_NOW.search(sentence)
        for sentence in re.split(r"(?<=[.!?])\s+|\n+| (?:and )?btw ", folded)
    )


_ACUTE = re.compile(
    r"fainted|overdos(?:e|ed)|seizures?|concussions?|self-harm\w*|suicidal|suicide attempt|attempted suicide|allergic reaction|anaphyla\w+"
    r"|asthma attacks?|tried to kill \w+|cutting \w+",
    re.IGNORECASE,
)
"""Medical facts that say what is happening to somebody now, and not what they have."""


def mask_but_the_danger(text: str) -> str:
    """Mask personal data, but leave what is happening to a person who may be in danger.

    Whoever reads "one of the kids [medical fact] in the restroom" cannot tell whether to run. Who it is stays masked.
    """
    if not tells_of_danger(text):
        return mask(text)
    found = find_personal_data(text)
    kept = [datum for datum in found if not (datum.type is PersonalDataType.MEDICAL and _ACUTE.fullmatch(datum.value))]
    acute = [datum for datum in found if datum not in kept]
    if not acute:
        return mask(text)
    # Piece by piece, so that what is left open here is not found again when the whole is masked once more.
    pieces, place = [], 0
    for datum in sorted(acute, key=lambda each: each.start):
        pieces += [mask(text[place : datum.start]), text[datum.start : datum.end]]
        place = datum.end
    return "".join([*pieces, mask(text[place:])])
