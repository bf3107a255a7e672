"""What a case looks like on the page: its card with the thread under it, and what is said there."""

from handlers.replies import (
    Bullets,
    Button,
    ButtonStyle,
    Choices,
    ClauseQuote,
    Mentioned,
    Mentions,
    Paragraph,
    Reply,
    Ruling,
    Thread,
)

HINT = "Write here, and Tess Teacher reads it."


def case_card(state: str = "open", *, hint: str = HINT, is_closed: bool = False, words: str = "") -> Reply:
    """The card of a case, as long as they are."""
    return Reply(
        parts=(
            Mentions(
                people=(
                    Mentioned(platform="local", id="specialist", name="Sam Specialist"),
                    Mentioned(platform="local", id="deputy", name="Dee Deputy"),
                )
            ),
            Paragraph(text=f"Q-12: {state}", is_headline=True),
            Paragraph(text=words or "“May I livestream our graduation on TikTok, with the names of the seniors?”"),
            Paragraph(text="Asked by Tess Teacher, Lincoln High, today at 8:14 AM."),
            ClauseQuote(
                clause_id="redlands/general-social-media-guidelines/4",
                section="General Social Media Guidelines",
                lead_in=None,
                text="At this time, the only district-approved social media platforms are Twitter, Instagram, Facebook, "
                "and LinkedIn Pages.",
                document="Social Media Protocols, version 1",
            ),
            Ruling(
                name="P-3",
                by="Communications Specialist",
                on="March 3, 2026",
                question="May our band stream its concert on YouTube?",
                text="Yes, on the district's own channel. Ask for the key two school days before.",
            ),
            Paragraph(text="What has happened"),
            Bullets(
                items=(
                    "8:14 AM  opened by Tess Teacher",
                    "8:20 AM  claimed by Sam Specialist",
                    "8:31 AM  Tess Teacher was asked for more",
                    "8:45 AM  Tess Teacher wrote",
                    "9:02 AM  released",
                    "9:10 AM  claimed by Dee Deputy",
                )
            ),
            Choices(
                buttons=(
                    Button(label="Rule", verb="claim", style=ButtonStyle.PRIMARY),
                    Button(label="Ask for more", verb="claim"),
                    Button(label="Join to another case", verb="claim"),
                    Button(label="Hand to Dee Deputy", verb="claim"),
                    Button(label="Close", verb="claim", style=ButtonStyle.DANGER),
                )
            ),
            *(() if is_closed else (Thread(hint=hint),)),
        )
    )


def said(words: str) -> Reply:
    """Something that is said in a thread."""
    return Reply(parts=(Paragraph(text=words),))
