"""Addresses of accounts, however a person wrote them."""

import pytest

from knowledge.handles import PLATFORMS, AccountAddress, AddressNotValidError, AddressProblem, read_address

ONE_ACCOUNT = {
    "facebook/rhsband": (
        ("facebook.com/RHSBand", ""),
        ("https://m.facebook.com/RHSBand/?ref=page_internal", ""),
        ("http://www.facebook.com/RHS.Band#", ""),
        ("HTTPS://WWW.FACEBOOK.COM/RHSBAND", ""),
        ("es-la.facebook.com/rhsband/about", ""),
        ("fb.com/RHSBand", ""),
        ("fb.me/RHSBand", ""),
        ("m.me/RHSBand", ""),
        ("facebook.com/pg/RHSBand/about", ""),
        ("@rhsband", "facebook"),
        ("rhs.band", "FB page"),
        ("facebook: rhsband", ""),
        ("FB page: RHS Band", ""),
        ("facebook page rhsband", "facebook"),
        ("facebook/rhsband", ""),
        ("<https://www.facebook.com/RHSBand>", "Facebook"),
        ("//facebook.com:443/RHSBand/posts", ""),
    ),
    "facebook/groups/rhsboosters": (
        ("facebook.com/groups/RHSBoosters/", ""),
        ("https://m.facebook.com/groups/rhsboosters/?ref=share", ""),
        ("groups/RHSboosters", "facebook"),
    ),
    "facebook/123456789": (
        ("facebook.com/pages/RHS-Band/123456789", ""),
        ("facebook.com/pages/category/School/RHS-Band-123456789/", ""),
        ("facebook.com/RHS-Band-123456789/", ""),
        ("facebook.com/p/RHS-Band-123456789/", ""),
        ("facebook.com/123456789", ""),
        ("https://www.facebook.com/profile.php?id=123456789", ""),
        ("https://www.facebook.com/people/RHS-Band/123456789/", ""),
    ),
    "instagram/rhs.band_1": (
        ("instagram.com/RHS.band_1/", ""),
        ("https://www.instagram.com/rhs.band_1?igsh=MzRlODBiNWFlZA==", ""),
        ("@rhs.band_1", "IG"),
        ("rhs.band_1", "insta"),
        ("ig @rhs.band_1", ""),
        ("@rhs.band_1 on insta", ""),
        ("@rhs.band_1 (Instagram)", ""),
        ("IG/rhs.band_1", ""),
        ("rhs.band_1/", "Instgram"),
        ("instagram.com/rhs.band_1/reels", "instagram"),
    ),
    "twitter/rhsband": (
        ("twitter.com/RHSBand", ""),
        ("x.com/rhsband?s=21", ""),
        ("https://mobile.twitter.com/@RHSBand", ""),
        ("@RHSBand", "X"),
        ("https://twitter.com/intent/user?screen_name=RHSBand", ""),
        ("x @rhsband", "twitter"),
    ),
    "linkedin/redlands-usd": (
        ("linkedin.com/company/redlands-usd/", ""),
        ("https://www.linkedin.com/school/Redlands-USD/about", ""),
        ("uk.linkedin.com/showcase/redlands-usd", ""),
        ("redlands usd", "LinkedIn Pages"),
        ("company/redlands-usd", "LinkedIn"),
    ),
    "youtube/rhsband": (
        ("youtube.com/@RHSBand", ""),
        ("https://m.youtube.com/c/RHSBand/videos", ""),
        ("youtube.com/user/rhsband", ""),
        ("youtube.com/RHSBand?sub_confirmation=1", ""),
        ("@rhsband", "yt"),
    ),
    "youtube/channel/UCab-DEF123": (("https://www.youtube.com/channel/UCab-DEF123/featured", ""),),
    "tiktok/rhsband": (("https://www.tiktok.com/@RHSband?lang=en", ""), ("rhsband", "tik tok")),
    "threads/rhsband": (("threads.net/@rhsband", ""), ("https://www.threads.com/@RHSband", ""), ("@rhsband", "Threads")),
    "vimeo/rhsband": (("https://vimeo.com/RHSband", ""), ("vimeo: rhsband", "")),
    "snapchat/rhsband": (("snapchat.com/add/RHSband", ""), ("https://story.snapchat.com/@rhsband", ""), ("snap @rhsband", "")),
    "bluesky/rhsband.bsky.social": (
        ("https://bsky.app/profile/rhsband.bsky.social", ""),
        ("rhsband.bsky.social", ""),
        ("@RHSband", "bluesky"),
        ("@rhsband.bsky.social", "bsky"),
    ),
    "bluesky/did:plc:abcdefghijklmnopqrstuvwx": (("bsky.app/profile/did:plc:abcdefghijklmnopqrstuvwx", ""),),
    "website/redlandsusd.net/band": (
        ("www.redlandsusd.net/band/", ""),
        ("https://redlandsusd.net/Band?utm_source=flyer", "our website"),
        ("http://redlandsusd.net:80/band#contact", "Discord"),
    ),
    "website/redlandsusd.net/site?page=3": (("redlandsusd.net/site?page=3&fbclid=abc", ""),),
    "website/discord.gg/rhsband": (("discord.gg/RHSband", "discord"), ("https://discord.gg/rhsband", "")),
    "other/rhs.band": (("@rhs.band", "discord"),),
}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "text", "platform"), [(key, *spelling) for key, spellings in ONE_ACCOUNT.items() for spelling in spellings]
)
def test_same_account_in_other_spelling_has_the_same_key(key: str, text: str, platform: str) -> None:
    """However an address is typed or pasted, the account has one canonical form."""
    assert read_address(text, platform).key == key


@pytest.mark.parametrize(
    ("text", "platform"), [spelling for spellings in ONE_ACCOUNT.values() for spelling in spellings]
)
def test_what_is_shown_and_linked_is_the_same_account(text: str, platform: str) -> None:
    """What people read and what they open is read back as the account that was filed."""
    address = read_address(text, platform)

    assert read_address(address.shown, address.platform).key == address.key
    if address.url:
        assert address.url.startswith("https://")
        assert read_address(address.url).key == address.key


def test_address_is_shown_as_people_write_it() -> None:
    """The capitals that make a handle readable stay, and each platform is shown in its own way."""
    shown = [
        read_address(text).shown
        for text in ("m.facebook.com/RHSBand?x=1", "x.com/RHSBand", "linkedin.com/school/redlands", "youtube.com/@RHS")
    ]

    assert shown == ["facebook.com/RHSBand", "@RHSBand", "linkedin.com/school/redlands", "@RHS"]


def test_two_fields_are_all_there_is_to_keep() -> None:
    """An address put together from what was stored is the address that was read."""
    read = read_address("facebook.com/groups/RHSBoosters")

    kept = AccountAddress(platform=read.platform, handle=read.handle)

    assert (kept.key, kept.url) == (
        "facebook/groups/rhsboosters",
        "https://www.facebook.com/groups/RHSBoosters",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("facebook.com/profile.php?id=100012345678", True),
        ("facebook.com/people/Jane-Doe/100012345678", True),
        ("linkedin.com/in/jane-doe", True),
        ("linkedin.com/pub/jane-doe", True),
        ("facebook.com/RHSBand", False),
        ("facebook.com/pages/RHS-Band/100012345678", False),
        ("linkedin.com/company/in-motion", False),
    ],
)
def test_address_of_a_profile_is_told_from_a_page(text: str, expected: bool) -> None:
    """Hesperia's clause wants a page and no profile, so the form of the address is told."""
    assert read_address(text).is_profile is expected


REFUSED = {
    AddressProblem.EMPTY: ("", "   ", "n/a", "None.", "not sure yet", "()"),
    AddressProblem.TOO_LONG: ("https://facebook.com/" + "a" * 300, "@" * 10_240, "redlandsusd.net/" + "a" * 110),
    AddressProblem.HIDDEN_CHARACTERS: (
        "@rhs\u200bband",
        "@rhs\u202eband",
        "@rhs\u2066band\u2069",
        "@rhs\x00band",
        "@rhs\nband",
        "@rhs\u00adband",
        "@rhs\u2003band",
        "@rhs\u00a0band",
        "@rhs\u2028band",
        "@rhs\ufe0fband",
        "@rhs\u3164band",
        "@rhs\U000e0041band",
        "https://facebook.com/%E2%80%AERHS",
        "https://facebook.com/RHS%00Band",
    ),
    AddressProblem.LOOKALIKE: ("@rhsb\u0430nd", "@\uff52\uff48\uff53band", "@rhsbánd", "f\u0430cebook.com/RHSBand", "facebook.com/RHSB%D0%B0nd"),
    AddressProblem.EMAIL: ("coach@redlandsusd.net", "mailto:coach@redlandsusd.net", "write to coach@redlandsusd.net"),
    AddressProblem.SEVERAL: ("@rhsband and @rhsdrama", "facebook.com/RHSBand, x.com/rhsband"),
    AddressProblem.NOT_AN_ADDRESS: ("javascript:alert(1)", "ftp://facebook.com/x", "http://", "https://facebook.com:8080/RHSBand", "http://m/x", "https://redlandsusd.net/<b>", "data:text/html,x"),
    AddressProblem.PLATFORM_MISSING: ("@rhsband", "rhs robotics"),
    AddressProblem.DECEPTIVE_HOST: (
        "https://facebook.com.evil.example/RHSBand",
        "facebook.com@evil.example",
        "https://facebook.com@evil.example/RHSBand",
        "https://www.facebook.com:pass@evil.example/RHSBand",
        "https://xn--fcebook-hwa.com/RHSBand",
        "https://facebook-login.com/RHSBand",
        "faceb00k.com/RHSBand",
        "https://x.com.evil.example/rhsband",
        "threads.net.evil.example/@rhsband",
        "1nstagram.com/rhsband",
        "http://192.168.1.1/RHSBand",
        "http://2130706433/RHSBand",
        "http://0x7f000001/RHSBand",
        "http://[::1]/RHSBand",
    ),
    AddressProblem.SHORTENED: ("bit.ly/3xYz", "https://t.co/abc", "vm.tiktok.com/ZMabc", "facebook.com/share/1abc", "l.facebook.com/l.php?u=x", "lnkd.in/abc"),
    AddressProblem.SINGLE_POST: (
        "facebook.com/RHSBand/posts/pfbid02abc",
        "facebook.com/permalink.php?story_fbid=1&id=2",
        "facebook.com/groups/123456/posts/789",
        "facebook.com/watch/?v=1",
        "instagram.com/p/Cxyz/",
        "instagram.com/rhsband/reel/Cxyz/",
        "instagram.com/stories/rhsband/123",
        "twitter.com/RHSBand/status/123",
        "linkedin.com/posts/redlands-usd_abc",
        "youtube.com/watch?v=abc",
        "youtu.be/abc",
        "youtube.com/shorts/abc",
        "tiktok.com/@rhsband/video/123",
        "threads.net/@rhsband/post/abc",
        "vimeo.com/123456",
        "bsky.app/profile/rhsband.bsky.social/post/abc",
    ),
    AddressProblem.NOT_AN_ACCOUNT: (
        "facebook.com",
        "https://www.instagram.com/",
        "facebook.com/login/?next=%2FRHSBand",
        "instagram.com/explore/tags/band",
        "instagram.com/accounts/login/?next=/rhsband",
        "x.com/home",
        "x.com/i/communities/1",
        "linkedin.com/redlands-usd",
        "linkedin.com/company/",
        "developers.facebook.com/docs",
        "facebook.com/profile.php",
        "facebook.com/groups/",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("reason", "text"), [(reason, text) for reason, texts in REFUSED.items() for text in texts])
def test_what_is_no_account_is_refused_with_its_reason(reason: AddressProblem, text: str) -> None:
    """A link to a post, a login page, a disguise or nothing is refused, and the reason is told."""
    with pytest.raises(AddressNotValidError) as refused:
        read_address(text)

    assert refused.value.reason is reason


def test_every_reason_has_an_example() -> None:
    """No reason is there that no text can have."""
    told_elsewhere = {AddressProblem.OTHER_PLATFORM, AddressProblem.HANDLE_NOT_ALLOWED}

    assert set(AddressProblem) == set(REFUSED) | told_elsewhere


@pytest.mark.parametrize(
    ("text", "named", "found"),
    [
        ("instagram.com/rhsband", "facebook", "instagram"),
        ("www.redlandsusd.net/band", "facebook", "website"),
        ("redlandsusd.net", "insta", "website"),
        ("facebook.com/RHSBand", "our website", "facebook"),
        ("twitter: @RHSBand", "Instagram", "twitter"),
        ("facebook.com/RHSBand", "Discord", "facebook"),
    ],
)
def test_address_of_another_platform_than_the_named_one_is_refused(text: str, named: str, found: str) -> None:
    """Who chose Facebook and pasted an Instagram link is told which platform the link is of."""
    with pytest.raises(AddressNotValidError) as refused:
        read_address(text, named)

    assert (refused.value.reason, refused.value.platform) == (AddressProblem.OTHER_PLATFORM, found)


@pytest.mark.parametrize(
    ("platform", "allowed", "forbidden"),
    [
        ("instagram", ("a", "rhs_band.1", "a" * 30), ("rhs..band", ".rhs", "rhs.", "rhs-band", "a" * 31, "rhs!")),
        ("twitter", ("a", "RHS_Band", "a" * 15), ("rhs.band", "rhs-band", "a" * 16)),
        ("facebook", ("rhsba", "RHS.Band.1", "a" * 50), ("rhsb", "rhs_band", "rhs-band", "a" * 51, "@rhsband.com", ".....")),
        ("tiktok", ("ab", "rhs_band.1", "a" * 24), ("a", "rhsband.", "rhs-band", "a" * 25)),
        ("linkedin", ("abc", "redlands-usd", "a" * 99), ("ab", "rhs_band", "a" * 101)),
        ("youtube", ("abc", "rhs-band_1.x", "a" * 30), ("ab", "a" * 31, "rhs+band")),
        ("snapchat", ("abc", "rhs-band", "a" * 15), ("ab", "a" * 16)),
        ("bluesky", ("rhsband", "band.redlandsusd.net"), ("rhs_band", "a..b", "-rhs", "rhs.1", "xn--rhs-8ka.bsky.social")),
        ("threads", ("rhs_band",), ("rhs-band",)),
        ("vimeo", ("rhsband",), ("rhs band!",)),
    ],
)  # fmt: skip
def test_handle_keeps_the_platforms_own_rule(
    platform: str, allowed: tuple[str, ...], forbidden: tuple[str, ...]
) -> None:
    """A handle that the platform would not give is refused at the form, and one that it would is taken."""
    for handle in allowed:
        assert read_address(handle, platform).platform == platform
    for handle in forbidden:
        with pytest.raises(AddressNotValidError) as refused:
            read_address(handle, platform)
        assert refused.value.reason is AddressProblem.HANDLE_NOT_ALLOWED, handle


def test_link_to_an_account_older_than_the_rule_is_taken() -> None:
    """facebook.com/CNN has three letters and is there; only a handle wished for today needs five."""
    assert read_address("facebook.com/CNN").key == "facebook/cnn"


@pytest.mark.parametrize(
    ("wish", "platform", "handle"),
    [
        ("rhs robotics", "insta", "rhsrobotics"),
        ("@rhs_robotics", "X", "rhs_robotics"),
        ("X ray club", "twitter", "Xrayclub"),
        ("web design", "instagram", "webdesign"),
        ("redlands robotics", "linkedin", "redlands-robotics"),
    ],
)
def test_wish_in_words_is_read_as_the_handle_it_would_become(wish: str, platform: str, handle: str) -> None:
    """A name wished for is read with the platform beside it, even where it begins like a platform's name."""
    assert read_address(wish, platform).handle == handle


def test_keys_of_two_accounts_are_never_equal() -> None:
    """Another platform, another kind or another letter is another account."""
    texts = [
        "facebook.com/RHSBand",
        "instagram.com/RHSBand",
        "facebook.com/groups/RHSBand",
        "linkedin.com/in/rhsband",
        "linkedin.com/company/rhsband",
        "instagram.com/rhs.band",
        "instagram.com/rhs_band",
        "youtube.com/channel/UCabcDEF",
        "youtube.com/channel/UCabcdef",
        "facebook.com.mx-school.org/x".replace("facebook.com.", ""),
    ]

    keys = [read_address(text).key for text in texts]

    assert len(set(keys)) == len(texts)


def test_every_platform_has_a_link_that_opens() -> None:
    """The handle of every listed platform gives a link under the platform's own host."""
    for platform in PLATFORMS.values():
        if platform.hosts:
            url = read_address("rhsband", platform.name).url

            assert (
                url.removeprefix("https://").removeprefix("www.").startswith(platform.hosts)
                or platform.name == "twitter"
            )
