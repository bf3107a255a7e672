"""Words beside a name that tell whose it is, as expressions that are matched right there.

Each is anchored at the end of the name (``AFTER``) or at its beginning (``BEFORE``), so that no
one of them has to look through the text.
"""

import re

_ROLES_AFTER = (
    r"(?:teacher|driver|custodian|secretary|librarian|counselor|principal|director|coach|advis[eo]r|guard|aide|nurse|"
    r"superintendent|president|coordinator|specialist|manager|chief|mayor|author|photographer|clerk|board member|trustee|"
    r"mother|father|mom|dad|grandmother|grandfather|parent|veteran|astronaut|owner|ceo)"
)
ADULT_AFTER = re.compile(
    rf"(?:, ?| ?[(–—-] ?|,? (?=who is |is |was ))(?:who is |is |was )?(?:our |the |a |an |his |her |[A-Z]\w{{1,20}}[’']s )?(?:[\w-]{{1,20}} ){{0,2}}{_ROLES_AFTER}\b(?! of the)"
    r"|[’']?s? (?:retires|retired|retiring|retirement|teaches|taught|coaches|coached|has taught|directs|left the district|"
    r"will (?:speak|visit|zoom|read to)|access\b)"
    r"| (?:for|to) (?:the |our )?(?:re-?election|(?:\w{2,12} )?school board|board of education|(?:city |town )?council\b|mayor|trustee|congress|senate|assembly|governor|sheriff|judge|"
    r"county supervisor|supervisor|superintendent)\b"
    r"| (?:in|from|at) the (?:front |main |district )?office| (?:as|is) (?:an? |the |our )?(?:admin|new )"
    r"|,? (?:ed\.?d|ph\.?d|m\.?d|esq)\b"
    r"| \((?:math|science|english|p\.?e\.?|history|art|music|spanish|kindergarten|sped|special ed)\)",
    re.IGNORECASE,
)
_YEAR_OF_SCHOOL = (
    r"(?:(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth)[ -]grade"
    r"|kindergart|senior|junior|sophomore|freshman|student|pupil|class of|grade \d|valedictorian|salutatorian|captain|"
    r"(?:daughter|son) of|alum|grad(?:uate)?\b|[’']\d\d\b)"
)
GRADE_AFTER = re.compile(
    r"(?:(?:, ?| ?[(–—-] ?|,? who is |,? is )(?:an? |our |the |this |in )?(?:current |rising |graduating |only )?(?:[\w-]{1,20} ){0,2}?"
    r"|,? )"
    rf"{_YEAR_OF_SCHOOL}"
    r"|,? \(?(?:#\d{1,3}|\d{1,2}(?:st|nd|rd|th)(?: place)?[,)]|[’']\d\d\b|[89]\)|1[0-2]\))|(?:, | ?\()(?:left|right|center|at left|at right)\b"
    r"| (?:in|from|of) (?:(?:mrs?|ms|miss)\.? \w{1,20}[’']s? (?:[\w-]{1,10} ){0,3}class|room \d|(?:the |my )?"
    r"(?:\d{1,2}(?:st|nd|rd|th) grade|class\b|period))"
    r"| (?:on|of|from) (?:my|our|the) (?:[\w-]{1,15} ){0,3}(?:team|squad|roster)",
    re.IGNORECASE,
)
FAMILY_AFTER = re.compile(
    r"[’']s? (?:[\w-]{1,15} )?(?:mom|mother|dad|father|parents?|family|grandm\w{1,7}|grandf\w{1,6}|grandparents|aunt|uncle|"
    r"brother|sister|siblings?|guardian|house|cell|ssn|social|i\.?d\.?|address|e-?mail|birthday|phone|number|locker|i\.?e\.?p|504|grades?|scores?|gpa|transcript|report card|"
    r"classmates?|homework|test|schedule|desk|picture|photo|face|seizure|asthma|diagnosis|allergy|medication|injury|suspension)\b",
    re.IGNORECASE,
)
PLACED_IN_CLASS = re.compile(
    rf"(?:, (?:who is )?(?:an? |our |in |the )?| ?\(| is (?:an? |our |in )(?:the )?)(?:[\w-]{{1,20}} ){{0,2}}?{_YEAR_OF_SCHOOL}"
    r"| (?:in|from|of) (?:(?:mrs?|ms|miss)\.? \w{1,20}[’']s? (?:[\w-]{1,10} ){0,3}class|room \d|(?:the |my )?"
    r"(?:\d{1,2}(?:st|nd|rd|th) grade|class\b|period))",
    re.IGNORECASE,
)
HUMAN_AFTER = re.compile(
    r" (?:[a-z]{2,12} ){0,2}[a-z]{3,12} (?:his|her)\b|,? (?:has |have |had |was |is |been |just |recently |also ){0,3}"
    r"(?:turn(?:s|ed|ing) (?:\d|[a-z]{3,9} )|diagnosed|hospitali[sz]ed|expelled|born|crowned|inducted|made (?:the )?honor|signed with|graduated)"
    r"| and (?:the rest of|(?:his|her) (?:[a-z]{3,10} )?(?:friends?|brothers?|sisters?|partner|twin|mom|dad|team))",
)
HAVING = re.compile(
    r",? (?:just |has |have |had |was |were |is |got |gets |takes|been |being |out |in |a |an |this |week |because |of ){1,7} ?"
)
LIST_HEAD_BEFORE = re.compile(
    r"(?:\broll|winners?|finalists?|results|leaders|medalists|inductees|court|crew|place|starters|line-?up|roster|cast|grade|month|week|year|names?|students|captains|"
    r"champions|scholars|players|athletes|recipients|class of \d{4})\b[^.!?:\n]{0,25}: ?(?:\n|\d\. |[-•*] )?$",
    re.IGNORECASE,
)
APPOSED_BEFORE = re.compile(
    r"\b(?:boy|girl|student|kid|child|pupil|grader|senior|junior|freshman|sophomore|player|son|daughter)\b[^.!?,\n]{0,30}, $",
    re.IGNORECASE,
)
NAMED_BEFORE = re.compile(
    r"(?:\b(?:his|her|their|the (?:boy|girl|student|kid|child)[’']s) (?:full )?name is|\bname tag(?: says)?|\b(?:student|boy|girl|kid|child|pupil) (?:named|called)"
    r"|\b(?:star|student|scholar|artist|athlete|reader|player|helper|citizen|musician) of the (?:week|month|day|year|quarter)\b[^.!?\n]{0,25}?(?: is|:|,| goes to)"
    r"|\b(?:tell|text|message|dm|ask for|tag|about)) $",
    re.IGNORECASE,
)
DEED_AFTER = re.compile(
    r"(?:,? who|,? and [A-Z]\w{1,20}| \([^()\n]{1,30}\))?,?"
    r" (?:just |also |recently |really |has |have |had |was |were |is |are |got |gets |been |being |will be |currently |still |"
    r"out |back |not ){0,4}"
    r"(?:made|won|wins|winning|scored|scores|earned|earns|took|placed|places|signed|signs|named|selected|awarded|inducted|"
    r"crowned|accepted|recognized|elected|commit(?:s|ted)|suspended|expelled|failing|failed|flunked|caught|written up|kicked|"
    r"bullied|absent|hospitalized|diagnosed|broke|tore|fractured|sprained|turns|turned|finished|finishes|pinned|threw|"
    r"hits?|homered|tackled|led|leads|graduated?s?|attempted|asthma|a seizure|a concussion|adhd|autis(?:m|tic)|an iep|an? 504|allergic|"
    r"detention|probation|in the (?:icu|hospital|\d\w{0,2})|collected|lost (?:her|his)|raised|represent|compete[sd]?|qualified|"
    r"advance[sd]?|perform(?:s|ed)?|reads?|deaf|anemic|pregnant|missing|running for|no release|a \d[\d.]{0,5}|an? [a-f][+-]? in|straight|"
    r"honor roll|student of|takes|added (?:\d{1,3}|two|three|four|five)|shaved|swam|ran|sank|kicked|dished|tallied|struck|batted|smiled|dances|"
    r"(?:wrote|drew|painted|built|designed|created|show(?:s|ed)?|said))(?!\w)",
    re.IGNORECASE,
)
FIGURES_AFTER = re.compile(
    r" ?[:,–-]? ?(?:\(?\d{1,2}:\d\d|\(\d|\d{1,4} (?:points?|pts|goals?|books|rebounds|assists|yards|words|laps)\b"
    r"|had \d|with \d)",
    re.IGNORECASE,
)
OWNED_AFTER = re.compile(r"[’']s? (?:(?:severe|bad|new|recent|mild) )?", re.IGNORECASE)
ACCOUNT_WORDS = re.compile(
    r"\b(?:admins?|administrators?|access|password|log ?in|posting rights|owner|in the office)\b", re.IGNORECASE
)
PUPIL_WORDS = re.compile(
    r"\b(?:team|squad|varsity|students?|pupils?|kids?|grade|graders?|seniors?|juniors?|freshm[ae]n|boys?|girls?|class|teammates?|permission|release)\b",
    re.IGNORECASE,
)
LIST_GAP = re.compile(
    r"(?:[’']s?)?(?: ?\([^()\n]{0,40}\)| ?[:–-]? ?\d[\d:.,%-]{0,9}(?: [a-z]{2,9})?(?=[ ,;.\n&])| (?:\(\d{3}\) |\d{3}[ .-])\d{3}[ .-]\d{4}"
    r"){0,2}"
    r" ?(?:,|;|&|/|\n|•|and\b|, and\b|,? or\b|\+|, &|\. (?=\d{1,2}(?:st|nd|rd|th)? place))"
    r" ?(?:and |& |his |her |brother |sister |twin |ASB |class |student body |(?:class |ASB )?president |captain ){0,4}"
    r"(?:\d{1,2}[.)] ?|(?:gold|silver|bronze|\d(?:st|nd|rd|th)(?: place)?):? |[•*-] ?)?"
)
