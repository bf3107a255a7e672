"""Social-media platforms as the world knows them: names, hosts, forms of links, and each one's own rule for handles.

Which platforms a *district* approves is the district's matter (`knowledge.district`); nothing here approves anything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType

WEBSITE = "website"
OTHER = "other"
"""A platform that is not listed here; its accounts are known by their web address, or by a name alone."""

LONGEST_NAME_CHARACTERS = 40
"""A longer text names no platform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SocialPlatform:
    """One platform."""

    name: str
    """The one name used in data: ``twitter``, whatever the platform calls itself this year."""

    title: str
    """The platform's own spelling, for people to read."""

    aliases: tuple[str, ...] = ()
    """What staff write for it, in small letters."""

    hosts: tuple[str, ...] = ()
    """Hosts of account links, without ``www`` and the like."""

    shortest: int = 1
    """Fewest characters of a handle that can be had today. Links to older, shorter ones are taken all the same."""

    longest: int = 100
    """Most characters of a handle."""

    marks: str = "._-"
    """What a handle may hold besides the letters a to z and digits."""

    dots_stand_inside: bool = False
    """True where a dot may be neither first nor last, and no two may stand together."""

    link: str = ""
    """Address of an account, with ``{}`` for the handle."""

    shown: str = "@{}"
    """How the handle is written for people, with ``{}`` for it."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    """Path segments that stand before a handle, each with what is kept of it ("groups/"; nothing for ``add``)."""

    same_kinds: tuple[str, ...] = ()
    """Kept segments that make no other account of it: LinkedIn leads ``school/x`` and ``company/x`` to one page."""

    needs_kind: bool = False
    """True where a link without such a segment, or without @, leads to no account."""

    posts: frozenset[str] = frozenset()
    """Path segments of single posts, first in the path or after the handle."""

    pages: frozenset[str] = frozenset()
    """First segments of the platform's own pages, which are no accounts."""

    shorteners: frozenset[str] = frozenset()
    """First segments of links that hide where they lead."""

    @property
    def own_paths(self) -> frozenset[str]:
        """First segments that the platform keeps for itself: no account is called so."""
        return self.pages | self.posts | self.shorteners | self.kinds.keys()


_OWN_PAGES = frozenset(
    "about accounts ads api business careers contact developer developers direct download explore hashtag help home "
    "index.php inbox intent jobs legal login login.php logout messages notifications privacy search settings share sharer "
    "signin signup support tos terms tags web".split()
)

_LISTED = (
    # Source: https://www.facebook.com/help/105399436216001 (letters, digits, dots; 5 at least; dots and capitals do not
    # count); the most, 50, is what the form took: https://gist.github.com/tonybruess/9405134
    SocialPlatform(
        name="facebook",
        title="Facebook",
        aliases=("fb", "face book", "fbook", "facebook/meta"),
        hosts=("facebook.com", "fb.com", "fb.me", "m.me", "messenger.com"),
        shortest=5,
        longest=50,
        marks=".",
        link="https://www.facebook.com/{}",
        shown="facebook.com/{}",
        kinds={"groups": "groups/", "pg": "", "people": "people/"},
        same_kinds=("people/",),
        posts=frozenset(
            "permalink.php story.php photo.php video.php photo watch reel reels events stories videos posts notes media live permalink".split()
        ),
        pages=_OWN_PAGES
        | frozenset(
            "bookmarks checkpoint community dialog friends gaming home.php marketplace plugins policies public r.php recover reg sharer.php".split()
        ),
        shorteners=frozenset(("share", "l.php", "e", "share.php")),
    ),
    # Source: https://metacpan.org/pod/Regexp::Pattern::Instagram (30 characters; dots only inside, never two together)
    SocialPlatform(
        name="instagram",
        title="Instagram",
        aliases=("ig", "insta", "gram", "the gram", "insta gram"),
        hosts=("instagram.com", "instagr.am", "ig.me"),
        longest=30,
        marks="._",
        dots_stand_inside=True,
        link="https://www.instagram.com/{}/",
        kinds={"_u": "", "m": ""},
        posts=frozenset(("p", "reel", "reels", "tv", "stories", "s", "highlights")),
        pages=_OWN_PAGES,
    ),
    # Source: https://help.x.com/en/managing-your-account/x-username-rules (letters, digits, underscores; 15 at most)
    SocialPlatform(
        name="twitter",
        title="X (Twitter)",
        aliases=(
            "x",
            "twtr",
            "tweet",
            "tweets",
            "x.com",
            "x/twitter",
            "twitter/x",
            "x twitter",
            "twitter x",
            "formerly twitter",
            "x formerly twitter",
        ),
        hosts=("twitter.com", "x.com"),
        longest=15,
        marks="_",
        link="https://x.com/{}",
        posts=frozenset(("status", "statuses", "events", "moments", "spaces")),
        pages=_OWN_PAGES | frozenset(("i", "compose", "communities")),
    ),
    # Source: https://www.linkedin.com/help/linkedin/answer/87 (3 to 100 characters, hyphens as the only mark)
    SocialPlatform(
        name="linkedin",
        title="LinkedIn",
        aliases=("linked in", "linkdin"),
        hosts=("linkedin.com",),
        shortest=3,
        marks="-",
        link="https://www.linkedin.com/company/{}/",
        shown="linkedin.com/company/{}",
        kinds={
            "company": "",
            "school": "school/",
            "showcase": "showcase/",
            "in": "in/",
            "pub": "in/",
            "groups": "groups/",
        },
        same_kinds=("school/", "showcase/"),
        needs_kind=True,
        posts=frozenset(("posts", "pulse", "feed", "events", "embed", "video")),
        pages=_OWN_PAGES,
    ),
    # Snapchat publishes no page with the rule that we could find; this is the form that its sign-up takes.
    SocialPlatform(
        name="snapchat",
        title="Snapchat",
        aliases=("snap", "snap chat"),
        hosts=("snapchat.com", "story.snapchat.com"),
        shortest=3,
        longest=15,
        marks="._-",
        dots_stand_inside=True,
        link="https://www.snapchat.com/add/{}",
        kinds={"add": ""},
        needs_kind=True,
        posts=frozenset(("p", "spotlight", "discover", "story", "s")),
        pages=_OWN_PAGES,
        shorteners=frozenset(("t",)),
    ),
    # Source: https://support.tiktok.com/en/getting-started/setting-up-your-profile/changing-your-username (letters,
    # digits, underscores, dots; no dot at the end); 2 to 24 is what its form takes.
    SocialPlatform(
        name="tiktok",
        title="TikTok",
        aliases=("tik tok", "tictoc", "tictok", "tic tok", "tik-tok", "ticktock"),
        hosts=("tiktok.com",),
        shortest=2,
        longest=24,
        marks="._",
        dots_stand_inside=True,
        link="https://www.tiktok.com/@{}",
        posts=frozenset(("video", "photo", "v")),
        pages=_OWN_PAGES | frozenset(("foryou", "following", "discover", "tag", "music", "channel")),
        shorteners=frozenset(("t",)),
    ),
    # Source: https://support.google.com/youtube/answer/11585688 (3 to 30; underscores, hyphens, dots). It also says that a
    # personalised address became the handle, so youtube.com/c/x, /user/x and /@x are taken for one channel.
    SocialPlatform(
        name="youtube",
        title="YouTube",
        aliases=("yt", "you tube", "utube"),
        hosts=("youtube.com",),
        shortest=3,
        longest=30,
        marks="._-",
        link="https://www.youtube.com/@{}",
        kinds={"c": "c/", "user": "user/", "channel": "channel/"},
        same_kinds=("c/", "user/"),
        posts=frozenset(("watch", "shorts", "live", "embed", "v", "playlist", "clip", "post")),
        pages=_OWN_PAGES | frozenset(("feed", "results", "premium", "redirect", "attribution_link")),
    ),
    # A Threads account carries its Instagram handle: the rule is Instagram's.
    SocialPlatform(
        name="threads",
        title="Threads",
        aliases=("thread",),
        hosts=("threads.net", "threads.com"),
        longest=30,
        marks="._",
        dots_stand_inside=True,
        link="https://www.threads.com/@{}",
        posts=frozenset(("post", "t", "p")),
        pages=_OWN_PAGES,
    ),
    # Vimeo publishes no rule that we could find; this is the widest form of its links.
    SocialPlatform(
        name="vimeo",
        title="Vimeo",
        hosts=("vimeo.com", "player.vimeo.com"),
        longest=50,
        marks="_",
        link="https://vimeo.com/{}",
        shown="vimeo.com/{}",
        kinds={"channels": "channels/", "groups": "groups/"},
        posts=frozenset(("video", "showcase", "album", "event", "ondemand")),
        pages=_OWN_PAGES | frozenset(("watch", "categories", "features", "upgrade", "join")),
    ),
    # Source: https://atproto.com/specs/handle (a host name; 253 characters at most)
    SocialPlatform(
        name="bluesky",
        title="Bluesky",
        aliases=("bsky", "blue sky"),
        hosts=("bsky.app",),
        shortest=3,
        longest=253,
        marks=".-",
        dots_stand_inside=True,
        link="https://bsky.app/profile/{}",
        kinds={"profile": ""},
        needs_kind=True,
        posts=frozenset(("post", "feed", "lists")),
        pages=_OWN_PAGES,
    ),
    SocialPlatform(
        name=WEBSITE,
        title="website",
        aliases=("web site", "site", "web", "web page", "webpage", "homepage", "home page"),
        link="https://{}",
        shown="{}",
    ),
    SocialPlatform(name=OTHER, title="another platform", aliases=("another platform",), link="https://{}", shown="{}"),
)

PLATFORMS: Mapping[str, SocialPlatform] = MappingProxyType({platform.name: platform for platform in _LISTED})
"""Every platform by its one name."""

SHORTENERS = frozenset(
    "bit.ly bit.do buff.ly cutt.ly dlvr.it fb.watch goo.gl is.gd lnkd.in on.fb.me ow.ly qrco.de rb.gy rebrand.ly s.id "
    "shorturl.at t.co t.ly t.snapchat.com tiny.cc tinyurl.com trib.al v.gd vm.tiktok.com vt.tiktok.com l.facebook.com "
    "lm.facebook.com l.instagram.com l.threads.net".split()
)
"""Hosts that hide where a link leads."""

SINGLE_POSTS = frozenset(("youtu.be", "redd.it"))
"""Hosts whose links all lead to one post."""

BRANDS = ("facebook", "instagram", "twitter", "linkedin", "snapchat", "tiktok", "youtube")
"""Names that no honest foreign host carries."""

_NAMES = {
    name: platform.name for platform in _LISTED for name in (platform.name, platform.title.lower(), *platform.aliases)
}
_FILLING = re.compile(
    r"^(?:(?:the|our|a|an|my|on) )+|(?: (?:pages?|accounts?|channels?|groups?|profiles?|feeds?|handles?|\(business\)))+$"
)
_LONG_NAMES = tuple(name for name in _NAMES if len(name) >= 6)


def platform_of(text: str) -> str:
    """Return the one name of the platform that a person means; empty where none is recognised.

    Small letters, "page" and "account" behind it and a slip of the fingers do not matter: "FB page", "Instgram".
    """
    if len(text) > LONGEST_NAME_CHARACTERS:
        return ""
    name = " ".join(text.lower().split())
    if name in _NAMES:
        return _NAMES[name]
    name = _FILLING.sub("", name)
    if name in _NAMES:
        return _NAMES[name]
    # Short names are near to too many words; "threats" must stay no Threads.
    close = get_close_matches(name, _LONG_NAMES, n=1, cutoff=0.87) if len(name) >= 6 else []
    return _NAMES[close[0]] if close else ""


def platform_title(name: str) -> str:
    """Return the platform's own spelling of its name; the name itself where it is not listed."""
    platform = PLATFORMS.get(name)
    return platform.title if platform else name
