"""Words that say who is meant: pupils, staff, places, the famous."""

PUPIL_NOUNS = frozenset(
    """
    student students pupil pupils scholar scholars learner learners senior seniors junior juniors sophomore sophomores
    freshman freshmen grader graders kindergartner kindergartners kindergartener kindergarteners preschooler alumna alumnus
    alum alumni graduate graduates grad kid kids child children boy boys girl girls son daughter captain captains
    player players athlete athletes valedictorian salutatorian champion champions winner winners finalist finalists
    semifinalist semifinalists runner-up classmate classmates teammate teammates swimmer runner runners
    wrestler dancer cheerleader gymnast soloist drummer forward guard goalie goalkeeper pitcher catcher quarterback
    linebacker receiver kicker shortstop outfielder midfielder striker defender setter libero medalist prom homecoming
    king queen reader readers crew court roll place leaders results mention gold silver bronze mvp inductees
    """.split()
)
"""Nouns for one pupil or for a few, and heads of lists, that a pupil's name follows."""

PRAISE = frozenset(
    """
    congrats congratulations congratulate congratulating kudos shout shoutout shout-out shout-outs proud birthday luck bravo
    hats peace rip pray prayers meet introducing spotlight celebrate celebrating honoring vote
    """.split()
)
"""Words of praise and sympathy, which name a pupil unless a role of staff comes between."""

LINKS = frozenset(
    """
    to for : , - – — ( is was are were named like of and & our my the a an little own amazing awesome incredible talented
    wonderful sweet dear young former beloved fellow two three four new this that who called out in off list
    left right month year week day season game with by on from all
    """.split()
)
"""Words that may stand between the word that tells and the name."""

TITLES = frozenset(
    """
    mr mrs ms miss mx dr prof professor coach principal superintendent officer deputy chief sheriff sergeant sgt detective
    mayor senator congressman congresswoman governor judge councilmember councilman councilwoman assemblywoman assemblyman commissioner reverend rev pastor father
    sister sir señor señora señorita sra nurse ranger firefighter trustee supervisor lieutenant lt assemblymember
    saint st san santa santo
    """.split()
)
"""Words before a name that make it an adult's, or a saint's and so a place's."""

ADULT_ROLES = frozenset(
    """
    teacher teachers custodian custodians secretary librarian counselor counsellor lead driver aide paraeducator
    paraprofessional para registrar clerk adviser advisor director coordinator specialist author illustrator poet novelist
    artist composer musician photographer videographer journalist reporter manager president vice-president treasurer owner
    ceo founder chairman chair trustee member volunteer retiree instructor therapist psychologist assistant coach coaches
    superintendent principal mom mother dad father parent parents grandmother grandfather grandma grandpa aunt uncle husband
    wife guardian by veteran actor actress singer scientist astronaut staff employee employees hire hires retirement
    technician trainer speaker mr mrs ms lawyer dentist pastor contact admin administrator donor sponsor host
    """.split()
)
"""Nouns that make the name beside them an adult's."""

PUPIL_OFFICES = frozenset("asb class club council body student senior junior sophomore freshman".split())
"""Words that make a president or secretary a pupil."""

PLACE_WORDS = frozenset(
    """
    school schools elementary middle high junior academy college university campus district county city unified state
    street avenue ave road rd boulevard blvd drive lane highway way court park library museum center centre church
    hospital stadium arena auditorium theater theatre gym gymnasium field hall room building bridge lake mountain valley
    beach river canyon creek hills heights springs plaza mall memorial station zoo garden gardens disneyland
    club team band choir orchestra council board department office association foundation society league committee union
    company inc llc corp corporation group health permanente bank news times press facts foods bros market
    day night week month year eve weekend season game games tournament championship championships cup bowl meet festival fair
    show concert play musical awareness history heritage acceptance appreciation
    award awards honor honors roll list scholarship program project test exam grade class period team's department
    math science english spanish history algebra biology chemistry physics literature art music drama theatre
    google zoom canvas facebook instagram twitter tiktok snapchat youtube linkedin remind seesaw flip classdojo
    police fire american national international north south east west central new united states california
    terriers wildcats falcons eagles leopards bulldogs tigers lions bears panthers knights warriors trojans spartans
    mustangs broncos cougars hawks blackhawks redhawks devils demons huskies rams vikings titans raiders rebels sharks
    blue red gold green black white purple silver orange lady varsity jv open house spring summer fall winter
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri january february march april june july august september
    october november december christmas thanksgiving halloween easter hanukkah diwali ramadan kwanzaa juneteenth
    asb pta ptsa avid rop jrotc ffa fbla fafsa stem steam gate ela ap ib sat act psat elpac iep gpa usa ca mpr tv pe bp
    ridge academy's grades yearbook rotary kiwanis boys girls scouts scout troop olympiad decathlon trial un
    """.split()
)
"""Words that, inside a run of capitalised words, make it a place, a thing or a body."""

SURNAMES_TOO = frozenset(
    """
    west hill hills fields field park parks banks rivers river lake day summers march may law bridges church hall young
    king brooks lane street woods garden gardens english white black green gold silver orange knight knights bell court
    state county city league club winter march friday north south east best fair eagle ridge valley street bush rush
    """.split()
)
"""Words of places that are surnames too, so that a first name before them still counts."""

SENTENCE_STARTERS = frozenset(
    """
    jr iii somebody someone anybody everybody nobody something thirty-one twenty-two ten eleven twelve
    four five six seven eight nine third fourth fifth sixth seventh eighth ninth a about after all also although always am an and any are as ask at attend attention be because been before behind being big both bring
    but by call can caption cause celebrate check come congrats congratulations contact could crossing dear did do does don't donate
    drop during each email every everyone first follow for former free friends from get getting give go good great had happy has have
    he head hello help her here hey hi him his home honorable how huge hundreds i if i'm i've in introducing is it it's its
    join just keep know kudos last later let let's like local look lost love mail make many may me meet message missing mom
    more my name never next no not now of on once one only or order other our out over parent parents
    perm photo photos picture please post pray proud put questions reminder report rest see seems send serving she shout shoutout
    should since so some someone special spirit student students such take tag text thank thanks that the their them then there these they
    third this those three through to today together tomorrow tonight too tuesday two under until up updated upon us
    use very via visit volunteer vote want was way we welcome well were what when where which while who whose why will
    wire wish with would write yes yesterday you your proud second senior seniors junior juniors sophomore sophomores
    freshman freshmen grader graders alumna alumnus alumni captain captains winners champion player kindergartner scholar
    scholars salutatorian valedictorian mvp president results leaders bronze wrestling baseball softball basketball football soccer volleyball
    swimming track tennis golf water polo cheer dance cross country homecoming prom game story seniors' grade teacher former ex
    super awesome amazing wow yay hooray go did attn note fyi update breaking question answer former son daughter brother sister
    """.split()
)
"""Capitalised words that only begin a sentence, or say who the name after them is."""

_FAMOUS_TEXT = """
    martin luther king, martin luther, rosa parks, cesar chavez, dolores huerta, harriet tubman, frederick
    douglass, abraham lincoln, george washington, george washington carver, thomas jefferson, john adams,
    benjamin franklin, theodore roosevelt, franklin roosevelt, eleanor roosevelt, john kennedy, john f. kennedy,
    barack obama, michelle obama, joe biden, donald trump, kamala harris, hillary clinton, bill clinton, ronald
    reagan, jimmy carter, sally ride, mae jemison, neil armstrong, buzz aldrin, amelia earhart, jackie robinson,
    muhammad ali, jesse owens, babe ruth, maya angelou, toni morrison, james baldwin, langston hughes, zora
    neale hurston, anne frank, helen keller, anne sullivan, albert einstein, isaac newton, marie curie, charles
    darwin, galileo galilei, leonardo da vinci, katherine johnson, dorothy vaughan, mary jackson, ada lovelace,
    alan turing, jane goodall, rachel carson, malala yousafzai, nelson mandela, mahatma gandhi, mother teresa,
    malcolm x, john lewis, ruby bridges, thurgood marshall, sonia sotomayor, ruth bader ginsburg, susan b.
    anthony, sojourner truth, booker t. washington, ida b. wells, sacagawea, pocahontas, sitting bull, crazy
    horse, christopher columbus, paul revere, betsy ross, alexander hamilton, clara barton, florence
    nightingale, louis braille, william shakespeare, romeo, juliet, romeo and juliet, jane austen, charles
    dickens, mark twain, edgar allan poe, emily dickinson, robert frost, walt whitman, ernest hemingway, john
    steinbeck, harper lee, george orwell, ray bradbury, judy blume, maurice sendak, beverly cleary, eric carle,
    roald dahl, shel silverstein, j.k. rowling, rick riordan, dav pilkey, jeff kinney, jason reynolds, sandra
    cisneros, gary soto, pam munoz ryan, amanda gorman, lin-manuel miranda, frida kahlo, diego rivera, pablo
    picasso, vincent van gogh, claude monet, georgia o'keeffe, andy warhol, wolfgang amadeus mozart, johann
    sebastian bach, taylor swift, dwayne johnson, lebron james, kobe bryant, michael jordan, stephen curry,
    serena williams, simone biles, megan rapinoe, tom brady, patrick mahomes, lionel messi, shohei ohtani,
    selena gomez, selena quintanilla, ariana grande, justin bieber, billie eilish, beyonce, kendrick lamar, bad
    bunny, olivia rodrigo, bruno mars, harry potter, peter pan, charlotte's web, johnny appleseed, elon musk,
    mark zuckerberg, bill gates, steve jobs, tim cook, gavin newsom, larry itliong, fred korematsu, harvey milk,
    george floyd, emmett till, charlie brown, santa claus, mickey mouse, john muir, walt disney, fred rogers,
    bob ross
"""
FAMOUS = frozenset(" ".join(name.split()) for name in _FAMOUS_TEXT.split(","))
"""People of history, letters, sport and stage whom schools post about, as lower-case full names."""

PLACE_PREPOSITIONS = frozenset(
    "at in near vs versus against past over beat beats defeated across via toward towards around".split()
)
"""Words after which an unknown capitalised word is a place or another school's team."""

NO_NAME_ENDINGS = tuple(
    "ing tion ment ity ball side ville view wood dale land field gate burg port crest ridge cy ness ship".split()
)
"""How towns and things end; an uncommon word that ends so is no first name."""

GROUP_NOUNS = frozenset(
    "girls boys team teams students families parents fans seniors staff elementary school campus academy street avenue".split()
)
"""Words after a capitalised word that make it a place or a body."""
