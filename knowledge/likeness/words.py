"""Words of American schools, as far as telling one organization's name from another's needs them."""

from types import MappingProxyType

IN_FULL = MappingProxyType(
    {
        "hs": "high school",
        "ms": "middle school",
        "jh": "junior high",
        "jhs": "junior high school",
        "jr": "junior",
        "sr": "senior",
        "es": "elementary school",
        "elem": "elementary",
        "sch": "school",
        "usd": "unified school district",
        "dept": "department",
        "assoc": "association",
        "asb": "associated student body",
        "mun": "model united nations",
        "nhs": "national honor society",
        "xc": "cross country",
        "bball": "basketball",
        "vball": "volleyball",
        "orch": "orchestra",
        "ed": "education",
        "tech": "technology",
        "drumline": "drum line",
        "pe": "physical education",
        "sped": "special education",
    }
)
"""Short forms, in full."""

LEFT_OUT = MappingProxyType(
    {"high": ("school",), "middle": ("school",), "elementary": ("school",), "unified": ("school", "district")}
)
"""Words that are often left out, after the word that they belong to."""

ONE_WORD = MappingProxyType(
    {
        "chorus": "choir",
        "choral": "choir",
        "chorale": "choir",
        "theater": "drama",
        "theatre": "drama",
        "thespian": "drama",
        "cheerleading": "cheer",
        "cheerleader": "cheer",
        "swimming": "swim",
        "diving": "dive",
        "dancer": "dance",
        "wrestler": "wrestling",
        "counseling": "counselor",
        "counselling": "counselor",
        "counsellor": "counselor",
        "woman": "girl",
        "women": "girl",
        "lady": "girl",
        "ladie": "girl",
        "men": "boy",
        "man": "boy",
        "gentlemen": "boy",
        "freshmen": "freshman",
        "frosh": "freshman",
        "kinder": "kindergarten",
    }
)
"""Words that mean the same here, after the plural's s is gone."""

LEVELS = frozenset("high middle elementary junior primary preschool academy college adult district unified".split())
"""Kinds of schools: two different ones are two schools, one that is left out says nothing."""

SAYS_NOTHING = frozenset(
    "a an and at by for from in my of on our the to with school student page account official club team program group "
    "department art class marching district unified association center community family athletic sport".split()
)
"""Words that come and go in the name of one organization."""

SETS_APART = frozenset(
    "booster pta ptsa pto parent alumni boy girl jv varsity freshman sophomore junior senior staff teacher "
    "east west north south new old upper lower height hill park valley mountain view creek canyon mesa oak grove lake point ridge".split()
)
"""Words that make another organization or another school wherever one of two names has them."""

ACTIVITIES = (
    frozenset(
        "academic anime archery asb associated athletic avid badminton band baseball basketball biology body book bowling business cafeteria ceramic "
        "chemistry cheer chess choir color computer concert council counselor country cross culinary dance debate decathlon deca dive drama "
        "driver drum economic education engineering english environment esport fashion fbla ffa field film flag food football french "
        "garden german golf government grade guard gymnastic health history home honor hosa human humanities interact jazz jrotc journalism key "
        "kindergarten language lacrosse latin leadership library line link literacy math mathlete media mock model music national nation newspaper nurse nutrition "
        "olympiad orchestra outdoor pep percussion photography physical physic poetry polo psychology reading recruitment resource robotic rocketry room "
        "rugby science service skill soccer social society softball spanish special speech spirit stem steam step store stunt summer sustainability "
        "swim symphonic technology tennis track transportation trial tutoring united video volleyball water wear weightlifting welding wellness wind "
        "winter wood work wrestling writing yearbook youth zoology".split()
    )
    | LEVELS
    | SETS_APART
)
"""Words spelt right, without the plural's s: a slip of the fingers makes none of them another (baseball, basketball)."""
