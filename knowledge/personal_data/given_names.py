"""First names that are common among people who are pupils today.

Written down from general knowledge of US births since about 2002; names of their parents' and
grandparents' generation are left out on purpose, because they point at staff. A name that is not
here is still found where the words around it are plain: the list only adds a reason.
"""

GIVEN_NAMES = frozenset(
    """
    aaliyah aarav aaron abby abigail abraham abril ada adam addison adelaide adeline aditi aditya adrian adriana adrianna
    ahmad ahmed aidan aiden aisha alan alana alani alayna alejandra alejandro alessandra alex alexa alexander alexandra
    alexandria alexia alexis ali alicia alina alisha alison aliyah allison alma alondra alonso alyssa amanda amani amara
    amari amaya amber amelia amelie amina amir amira amy ana anahi ananya anastasia anaya anderson andre andrea andres
    andrew andy angel angela angelica angelina angelo anika anisa anna annabelle annie anthony antonio anya ariana
    arianna ariel arjun armando arturo arya asher ashley ashlyn ashton asia athena aubree aubrey audrey august aurora
    austin autumn ava avery axel ayaan ayden ayla aylin aziz bailey beau beckett bella ben benjamin bennett bianca
    blake brady brandon braxton brayan brayden breanna brenden brendan brenna brian briana brianna bridget britney
    brittany brody brooke brooklyn bruno bryan bryanna bryce brynn bryson byron caden caitlin caleb callie calvin camden
    cameron camila camille camilla carla carlos carmen caroline carson carter casey cash cassandra cassidy catalina
    catherine cayden cecilia celeste celine cesar chance chandler charlie charlotte chase chelsea chloe chris christian
    christina christopher ciara claire clara clarissa clayton cody colby cole colin collin colton connor conner cooper
    cora corbin cristian cristina cruz crystal cynthia daisy dakota dallas dalton damian damien damon dana daniel
    daniela daniella danielle danny dante daphne darius david davion dawson dayana deandre declan delaney delilah demetrius
    derek derrick desiree destiny devin devon deshawn diana diego dillon dominic dominick donovan dulce dylan easton eden
    eduardo edgar edith edwin eleanor elena eli elias elijah elise elisa eliza elizabeth ella elle ellie elliot elliott
    eloise elsa emely emerson emery emilia emiliano emilio emily emma emmanuel enrique eric erica erick erik erika ernesto
    esmeralda esperanza esteban estella esther ethan eva evan evangeline eve evelyn everett everly ezekiel ezra fabian
    faith farah fatima felicity felipe felix fernanda fernando finley finn fiona francesca francisco gabriel gabriela
    gabriella gabrielle gael gage gavin genesis genevieve george georgia gerardo gia giana gianna gilbert giovanni
    giselle grace gracie graham grant grayson greyson griffin guadalupe gustavo hadley hailey haley hana hanna hannah
    harley harmony harper harrison hassan hayden hazel heaven hector heidi helena henry holden holly hope hudson hugo
    hunter ian ibrahim iker imani ines ingrid irene iris isaac isabel isabella isabelle isaiah isis ismael israel
    itzel ivan ivy izabella jack jackson jacob jacqueline jada jade jaden jadon jaelyn jagger jahmir jaiden jaime jake
    jakob jalen jamal james jamie jamison jane janelle janessa jaquan jared jase jasmin jasmine jason jasper javier
    javion jax jaxon jaxson jay jayda jayden jayla jayleen jaylen jaylin jaylynn jayson jazmin jazmine jeffrey jenna jennifer
    jeremiah jeremy jerome jesse jessica jessie jesus jimena joanna joaquin jocelyn joel johan john johnny johnathan
    jonah jonathan jordan jordyn jorge jose joselyn joseph joshua josiah josie josue juan juana judah julia julian
    juliana julianna julie juliet juliette julio julissa julius justice justin kaden kai kaia kaila kailey kaitlyn kaleb kali
    kamari kameron kamila kara karen karina karla karim kate katelyn katherine kathryn katie katrina kayden kaydence kaya
    kayla kaylee kayleigh kaylin keegan keira keith kellan kelly kelsey kelvin kendall kendra kennedy kenneth kenny kevin
    keyla khalid khalil khloe kian kiana kiara kieran kiera kimberly kimora kingston kinsley kira kobe kristen kristin
    krystal kyla kyle kylee kyler kylie kyra lacey laila lailah lana landon landen lara laura lauren layla leah leandro
    leia leila leilani lena leo leon leonardo leonel leslie levi lexi liam lila lilah lilian liliana lillian lilly lily
    lincoln linda lindsay lindsey lisa lizbeth logan lola london lorenzo luca lucas lucia luciana lucy luis luisa luka
    lukas luke luna luz lydia lyla lyric mackenzie macy maddison maddox madeleine madeline madelyn madilyn madison maeve
    maggie maia maisie makayla makenna makenzie malachi malaya malia malik manuel marc marco marcos marcus margaret
    maria mariah mariam mariana marie marina mario marisol marissa mark marlee marley marlon marshall martin mary
    marvin mason mateo mathew matias matteo matthew maverick max maximiliano maximus maxwell maya mckenna mckenzie
    mckayla megan mei mekhi melanie melany melina melissa melody mercedes mia micah michael michaela michelle miguel
    mikaela mikayla mila milan miles miley milo minh miranda miriam misael mohamed mohammad mohammed moises molly monica
    monserrat morgan moses muhammad mustafa mya myla naima nadia naomi natalia natalie nataly natasha nathalie nathan
    nathaniel nathalia naya nayeli nehemiah neil nevaeh nia nicholas nick nico nicolas nicole niko nikhil nikita nikolas
    nina noah noe noel noelle noemi nolan noor nora norah nova nyla oakley olive oliver olivia omar orion oscar osvaldo owen
    pablo paige paisley paloma pamela paola paris parker patrick paul paula paulina payton pedro penelope perla peter
    peyton phoebe phoenix pierce piper porter presley preston prince princess priscilla priya quentin quincy quinn
    quinton rachel rafael raj rahul ralph ramon raquel rashad raul raven ray raymond reagan rebecca reece reed reese regina remi
    remington renata rene reyna rhys ricardo richard ricky riley river robert roberto rocco rodrigo rohan roman romeo
    rory rosa rose rosie rowan ruben ruby rudy ryan ryder ryker rylan rylee ryleigh sabrina sadie sage salma salvador sam
    samantha samara samir samuel santiago santos sara sarah sarai sasha saul savanna savannah sawyer scarlett scott sean
    sebastian selena serena serenity sergio seth shane shania shannon sharon shaun shawn shayla shea shelby shiloh
    sienna sierra silas simon simone sky skye skyla skylar skyler sofia solomon sonia sophia sophie spencer stacy stella
    stephanie stephen steven summer sunny susana sydney tabitha tamia tania tanner tara tatiana tatum taylor teagan tenzin
    tessa thalia theo theodore thiago thomas tiana tiara tiffany timothy titus tobias toby tomas tony tori travis trent
    trenton trevor trey trinity tristan troy tucker ty tyler tyree tyrell tyrone tyson uriel valentina valentino valeria
    valerie vanessa vera veronica vicente victor victoria vincent violet vivian viviana vivienne wade walker walter
    wendy wesley weston will william willow wilson wyatt xander xavier ximena xiomara yadira yahir yahya yamileth yara
    yareli yaretzi yasmin yesenia yolanda yosef yuki yusuf yvette zachary zack zahra zaid zaire zander zane zara zariah
    zayden zion zoe zoey zoie zuri
    """.split()
)

ALSO_WORDS = frozenset(
    """
    abraham ada amber angel april art ashton asia athena august austin autumn bailey beau ben brady brooke brooklyn carmen
    carson cash chance chandler chase cody cole cooper cora cruz crystal daisy dakota dallas dana dawn destiny dulce easton eden
    elsa esperanza eve faith felicity finley frank gage genesis george georgia grace graham grant griffin hadley harley harmony
    harper harrison hazel heaven henry holly hope hudson hugo hunter iris isis israel ivy jack jackson jade james jane jasmine
    jasper jay jesus john jordan josie joy juliet justice kennedy king kingston lacey lance leon leo lily lincoln logan london
    luz lyric madison marc mark marshall martin mary mason maverick max maxwell melody mercedes miles milan morgan moses nova
    noel oakley olive orion oscar page paige paris parker paul phoenix pierce piper porter prince princess raven ray reed
    river robert roman romeo rose rosa rowan ruby sage santiago santos savannah sawyer scarlett scott sierra sky spencer
    summer sunny sydney tanner taylor tony trinity troy tucker ty tyler victor victoria violet wade walker walter will
    willow wilson
    """.split()
)
"""Names of the list that are words, places, surnames or products too; alone, they need a reason."""
