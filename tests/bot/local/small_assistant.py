"""A small assistant that answers the way the real one does, delivers at once, and remembers what it was asked."""

import asyncio
import uuid
from dataclasses import dataclass

from bot.local.conversations import specialist_channel
from bot.local.sender import LocalSender
from handlers.incoming import FormSubmission, Incoming, Press, Question, ThreadMessage
from handlers.outcome import ChannelMessage, Outcome
from handlers.replies import (
    Bullets,
    Button,
    ButtonStyle,
    Choices,
    ClauseQuote,
    FileText,
    Paragraph,
    Part,
    Reply,
    TextPrompt,
)
from knowledge.conversations import ConversationReference
from knowledge.guidelines import Clause, Guideline
from knowledge.store.unit import Database
from tests.bot.local.small_filings import approved, asked, card, denied, new_account, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A question that is still to be answered."""

    incoming: Incoming


class SmallShelf:
    """Holds one document a district."""

    def __init__(self, guidelines: dict[str, Guideline]) -> None:
        self.guidelines = guidelines

    async def published(self, district_id: str) -> Guideline | None:
        return self.guidelines.get(district_id)


class SmallAssistant:
    """Answers the way the real one does, from a few words, and remembers everything it took."""

    def __init__(self, shelf: SmallShelf) -> None:
        self.taken: list[Incoming] = []
        self.feedback: list[tuple[str, str]] = []
        self.seconds_to_answer = 0.0
        self.seconds_to_take = 0.0
        self.is_broken = False
        self.cannot_answer = False
        self.database: Database | None = None
        self.sender: LocalSender | None = None
        self._keys: set[str] = set()
        self._cards: dict[tuple[str, str], str] = {}
        self._shelf = shelf

    async def accept(self, incoming: Incoming) -> Accepted | Outcome:
        if self.is_broken:
            raise RuntimeError("the words of the person: " + getattr(incoming, "text", ""))
        if incoming.event_key in self._keys:
            return Outcome(reply=None)
        self._keys.add(incoming.event_key)
        self.taken.append(incoming)
        await asyncio.sleep(self.seconds_to_take)
        if isinstance(incoming, Question) and not incoming.text.startswith("/"):
            return Accepted(incoming=incoming)
        return await self._finish(incoming)

    async def answer(self, accepted: Accepted) -> Outcome:
        await asyncio.sleep(self.seconds_to_answer)
        if self.cannot_answer:
            raise RuntimeError("the words of the person: " + getattr(accepted.incoming, "text", ""))
        return await self._finish(accepted.incoming)

    async def _finish(self, incoming: Incoming) -> Outcome:
        match incoming:
            case Question() if incoming.text.startswith("/"):
                outcome = Outcome(reply=new_account(), is_promised=False)
            case Question():
                outcome = Outcome(reply=self._answer(incoming))
            case Press():
                outcome = self._press(incoming)
            case FormSubmission():
                outcome = await self._filled_in(incoming)
            case ThreadMessage():
                outcome = self._written(incoming)
        await self._deliver(incoming, outcome)
        return outcome

    async def _deliver(self, incoming: Incoming, outcome: Outcome) -> None:
        """Do what an outbox does, at once."""
        assert self.sender is not None
        for number, post in enumerate(outcome.posts):
            place = (post.conversation.address, post.card)
            if post.card and place in self._cards:
                await self.sender.edit(
                    key="", conversation=post.conversation, message_id=self._cards[place], reply=post.reply
                )
            else:
                key = _key(incoming, f"post {number}")
                self._cards[place] = await self.sender.post(key=key, conversation=post.conversation, reply=post.reply)
        if outcome.reply is None or not outcome.is_promised:
            return
        pressed = "" if isinstance(incoming, Question) else incoming.message
        if outcome.replaces_pressed_message and pressed:
            await self.sender.edit(key="", conversation=incoming.conversation, message_id=pressed, reply=outcome.reply)
        else:
            key = _key(incoming, "reply")
            thread = incoming.message if isinstance(incoming, ThreadMessage) else ""
            await self.sender.post(key=key, conversation=incoming.conversation, reply=outcome.reply, thread=thread)

    async def _filled_in(self, form: FormSubmission) -> Outcome:
        channel = specialist_channel(form.district_id)
        if form.verb == "deny":
            if not form.fields["reason"].strip():
                return Outcome(reply=reason(form.value, problem="Say why."), is_promised=False)
            told: tuple[ChannelMessage, ...] = (
                ChannelMessage(conversation=channel, reply=denied(form.person, form.fields), card="filing/1"),
                ChannelMessage(
                    conversation=ConversationReference(platform="local", address=form.value),
                    reply=Reply(parts=(Paragraph(text=f"Denied: {form.fields['reason']}"),)),
                ),
            )
            return Outcome(reply=None, posts=told)
        rule = self._clause(form.district_id, "approved social media platforms")
        again = new_account(form.fields, quote=self._quote(rule) if rule else None)
        if again.parts:
            return Outcome(reply=again, is_promised=False)
        assert self.database is not None
        async with self.database.reading() as unit:
            named = await unit.people.by_email(district_id=form.district_id, email=form.fields["administrators"])
        posts: tuple[ChannelMessage, ...] = (
            ChannelMessage(
                conversation=channel,
                reply=card(form.person, form.fields, filer_address=form.conversation.address),
                card="filing/1",
            ),
            *([ChannelMessage(conversation=named.conversation, reply=asked(form.fields))] if named else []),
        )
        return Outcome(reply=Reply(parts=(Paragraph(text="Filed as R-1.", is_headline=True),)), posts=posts)

    def _answer(self, question: Question) -> Reply:
        words = question.text.lower()
        for cue, headline in (
            ("snapchat", "No: Snapchat is not permitted."),
            ("friend", "No: do not accept current students on a personal account."),
            ("administrator", "Each account needs at least two administrators."),
        ):
            clause = self._clause(question.district_id, cue) if cue in words else None
            if clause is not None:
                return Reply(parts=(Paragraph(text=headline, is_headline=True), self._quote(clause), *_AFTER_ANSWER))
        if words.startswith("<"):
            return Reply(parts=(Paragraph(text=f"You wrote {question.text}", is_headline=True),))
        return Reply(
            parts=(
                Paragraph(text="No clause of your district covers this.", is_headline=True),
                Bullets(items=(f"Characters read: {len(question.text)}", "The specialist can decide.")),
                Choices(
                    buttons=(Button(label="Ask the specialist", verb="ask_specialist", style=ButtonStyle.PRIMARY),),
                ),
            )
        )

    def _written(self, written: ThreadMessage) -> Outcome:
        """Say nothing to what is simply sent on; answer a question, and refuse what comes too late."""
        if written.text.startswith("too late"):
            return Outcome(reply=Reply(parts=(Paragraph(text="This case is closed."),)), is_promised=False)
        if written.text.endswith("?"):
            return Outcome(reply=Reply(parts=(Paragraph(text="Sent on to Tess Teacher."),)))
        return Outcome(reply=None)

    def _press(self, press: Press) -> Outcome:
        match press.verb:
            case "helped":
                self.feedback.append(("helped", ""))
                return _instead(Paragraph(text="Thank you. Noted that this helped."))
            case "did_not_help":
                return _instead(
                    Paragraph(text="Sorry about that."),
                    TextPrompt(label="What was missing?", verb="why", value=press.value),
                )
            case "why":
                self.feedback.append(("did not help", press.fields["text"]))
                return _instead(Paragraph(text="Thank you. Your note was kept."))
            case "ask_specialist":
                return Outcome(
                    reply=Reply(parts=(Paragraph(text="The specialist has your question.", is_headline=True),)),
                    replaces_pressed_message=True,
                    posts=(
                        ChannelMessage(
                            conversation=specialist_channel(press.district_id),
                            reply=Reply(
                                parts=(
                                    Paragraph(text="New case from a member of staff", is_headline=True),
                                    Paragraph(text="“May I livestream graduation on TikTok?”"),
                                    Choices(
                                        buttons=(
                                            Button(
                                                label="Claim",
                                                verb="claim",
                                                value=press.conversation.address,
                                                style=ButtonStyle.PRIMARY,
                                            ),
                                        )
                                    ),
                                )
                            ),
                        ),
                    ),
                )
            case "claim":
                return _instead(
                    Paragraph(text="You have this case.", is_headline=True),
                    TextPrompt(label="Your answer", verb="answer", value=press.value, submit_label="Send answer"),
                )
            case "answer":
                return Outcome(
                    reply=Reply(parts=(Paragraph(text="Answered.", is_headline=True),)),
                    replaces_pressed_message=True,
                    posts=(
                        ChannelMessage(
                            conversation=ConversationReference(platform="local", address=press.value),
                            reply=Reply(
                                parts=(
                                    Paragraph(text="The specialist answers:", is_headline=True),
                                    Paragraph(text=press.fields["text"]),
                                )
                            ),
                        ),
                    ),
                )
            case "approve":
                post = ChannelMessage(
                    conversation=specialist_channel(press.district_id), reply=approved(press.person), card="filing/1"
                )
                return Outcome(reply=None, posts=(post,))
            case "deny":
                return Outcome(reply=reason(press.value), is_promised=False)
            case "export":
                table = "platform,handle\r\ninstagram,@rhsband\r\n"
                parts = (FileText(name="accounts.csv", text=table),)
                return Outcome(reply=Reply(parts=parts), is_promised=False)
            case _:
                raise LookupError(press.verb)

    def _clause(self, district_id: str, cue: str) -> Clause | None:
        clauses = self._shelf.guidelines[district_id].clauses
        return next((clause for clause in clauses if cue in clause.text.lower()), None)

    def _quote(self, clause: Clause) -> ClauseQuote:
        guideline = self._shelf.guidelines[clause.id.split("/")[0]]
        return ClauseQuote(
            clause_id=clause.id,
            section=" > ".join(clause.section_path),
            lead_in=clause.lead_in,
            text=clause.text,
            document=f"{guideline.title}, version {guideline.version}",
        )


_AFTER_ANSWER = (
    Choices(
        prompt="Did this help?",
        buttons=(Button(label="Helped", verb="helped"), Button(label="Did not help", verb="did_not_help")),
    ),
)


def _instead(*parts: Part) -> Outcome:
    return Outcome(reply=Reply(parts=parts), replaces_pressed_message=True)


def _key(incoming: Incoming, what: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{incoming.event_key}/{what}"))
