"""Help, greetings and small talk."""

from handlers.replies import Bullets, Button, Choices, Paragraph, Reply
from knowledge.district import District

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


def what_i_can_do(*, district: District) -> Reply:
    """Tell what can be asked, in the words staff would use."""
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
                    "Something is going wrong right now? Tell me, and I show you whom to bring in.",
                    f"Where the guidelines are silent I say so, and your question can go to the {district.specialist.title}.",
                )
            ),
            Paragraph(
                text="I never make up rules. Please leave students' names and numbers out; what I recognise of them I mask before anything is kept."
            ),
        )
    )
