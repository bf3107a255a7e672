"""Help, greetings and small talk."""

from collections.abc import Sequence

from handlers.replies import Bullets, Button, Choices, Paragraph, Reply
from handlers.wording.forms import other_forms
from handlers.wording.names import filing_title
from knowledge.district import District
from knowledge.filings import FilingKind

_OFFERED = (
    FilingKind.NEW_ACCOUNT,
    FilingKind.REGISTER,
    FilingKind.ADD_ADMINISTRATOR,
    FilingKind.REMOVE_ADMINISTRATOR,
    FilingKind.RENAME,
    FilingKind.CLOSE,
    FilingKind.HAND_OVER,
)

_SMALL_TALK = {
    "smalltalk_greeting": "Hello! Ask me anything about {district} social-media guidelines.",
    "smalltalk_thanks": "All right. I am here whenever you want to check something before you post.",
    "smalltalk_identity": "I am Postwise, a program and not a person. I look up {district} social-media guidelines and quote them word for word.",
    "smalltalk_other": "I can only help with {district} social-media guidelines. If something is wrong or urgent, please tell a person.",
}


def small_talk(topic: str, *, district: District, question_id: str) -> Reply:
    """Answer a message that asks nothing, with a friendly sentence and what the assistant can do."""
    if topic == "smalltalk_capabilities":
        return what_i_can_do(district=district)
    sentence = _SMALL_TALK.get(topic, _SMALL_TALK["smalltalk_other"])
    return Reply(
        parts=(
            Paragraph(text=sentence.format(district=district.possessive), is_headline=True),
            Paragraph(
                text="For example: may I post a photo of my class? Who has to know before I start a club's page?"
            ),
            # Somebody who wants a person, or was misunderstood, must not be left with a friendly sentence.
            Choices(buttons=(Button(label="Ask the specialist", verb="refer", value=question_id),)),
        )
    )


def what_i_can_do(*, district: District, is_specialist: bool = False) -> Reply:
    """Tell what can be asked, in the words staff would use."""
    beside = (Paragraph(text="As a specialist you also have:"), specialist_commands()) if is_specialist else ()
    return Reply(
        parts=(
            Paragraph(
                text=f"I answer from {district.possessive} own social-media guidelines, word for word.",
                is_headline=True,
            ),
            Bullets(
                items=(
                    "Ask a question: how many administrators does our page need?",
                    "Check a post before it goes out: can I post this? Paste the text or describe the picture.",
                    "File an account: /newaccount for a new or existing one, /addadmin for its administrators, name, closing or handing over.",
                    "Ask the registry: who runs @lincolnband? Is @lincoln official? Which accounts am I on?",
                    f"Something is going wrong right now? Tell me, or write /escalate: I bring it before the {district.specialist.title}.",
                    f"Where the guidelines are silent I say so, and your question can go to the {district.specialist.title}.",
                    "What is mine, and how far is it? /postwise home.",
                )
            ),
            Paragraph(
                text="I never make up rules. Please leave students' names and numbers out; what I recognise of them I mask before anything is kept."
            ),
            *beside,
            other_forms(_OFFERED, prompt="To file something:"),
        )
    )


def account_commands(*, district: District) -> Reply:
    """Explain the two commands that file something."""
    return Reply(
        parts=(
            Paragraph(text="Two commands file everything about accounts.", is_headline=True),
            Bullets(
                items=(
                    "/newaccount robotics club on instagram: ask for a new account. The form opens filled in.",
                    "/newaccount register @lincolnband: tell about an account that exists already.",
                    "/addadmin @lincolnband: name another administrator.",
                    "/addadmin remove, rename, close or handover, with the account behind it: the other changes.",
                )
            ),
            Paragraph(
                text=f"What each needs, {district.possessive} own clause says; the form quotes it. Plain words do as well: "
                "please add our new coach as admin."
            ),
            other_forms(_OFFERED, prompt="Or press:"),
        )
    )


def specialist_commands() -> Bullets:
    """Name the commands that a specialist has beside."""
    return Bullets(
        items=(
            "/postwise cases, /postwise cases csv: what is open, and the times of all.",
            "/postwise silent, /postwise silent csv: what the guidelines did not answer, by likeness.",
            "/postwise digest: the figures of the last seven days. /postwise precedents: your rulings.",
            "/postwise filings: what waits for a decision.",
            "/postwise accounts, /postwise export: the registry, also as CSV.",
            "/postwise tasks: accounts with something to mend.",
            "/postwise history @lincolnband: what happened to an account.",
            "/postwise left: somebody left the district.",
            "/postwise remove @lincolnband: its people were asked to remove it.",
        )
    )


def with_other_forms(reply: Reply, kinds: Sequence[FilingKind]) -> Reply:
    """Offer, under a form, the other things that can be filed."""
    return Reply(parts=(*reply.parts, other_forms(kinds, prompt="Something else?")))


def what_to_file() -> Reply:
    """Ask which form is wanted, where words did not say."""
    return Reply(
        parts=(
            Paragraph(text="I can file that. Which of these is it?", is_headline=True),
            other_forms(_OFFERED, prompt="So far nothing was filed."),
        )
    )


def with_form_button(reply: Reply, kind: FilingKind) -> Reply:
    """Offer, under a clause, the form of what it is about."""
    return Reply(parts=(*reply.parts, other_forms((kind,), prompt="To file it:")))


def offered(kind: FilingKind, form: Reply) -> Reply:
    """Open a form for somebody who asked for it in plain words."""
    first = Paragraph(
        text=f"I can file that: {filing_title(kind).lower()}. Look it over and send it.", is_headline=True
    )
    return Reply(parts=(first, *form.parts[1:]))
