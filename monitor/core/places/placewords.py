"""The words beside a name that tell whether it is a place."""

from monitor.core.places.spelling import fold


def _set(words: str) -> frozenset[str]:
    return frozenset(map(fold, words.split()))


BEFORE_PLACE = _set(
    "in at near from to into outside inside around across toward towards through throughout via between beyond "
    "above leaving left reached entered entering besieged downtown central northern southern eastern western "
    "north south east west leave leaves hit hits struck enter enters reach reaches flee fled flees seize seized "
    "capture captured besiege shelled bombed nach aus bei vor à en au aux dans depuis vers chez desde hacia hasta "
    "в во из на под у около близ из-за في من إلى الى مدينة بلدة قرية قرب محافظة ولاية"
)
WEAKLY_BEFORE = _set(
    "of for over against with on by and or de del della du des da do of's von op e y et und и و على عن"
)
TITLES = _set(
    "mr mrs ms miss dr prof professor sir lord lady dame president presidents senator sen rep congressman "
    "congresswoman governor gov mayor judge justice gen general col colonel maj major capt captain lt lieutenant "
    "sgt sergeant cpl pvt officer detective deputy sheriff chief coach king queen prince princess pope bishop "
    "archbishop cardinal father sister brother rev reverend pastor imam sheikh sheik mullah ayatollah minister "
    "chancellor secretary ambassador spokesman spokeswoman spokesperson chairman chairwoman director monsieur "
    "madame mme señor señora herr frau actor actress singer author writer striker goalkeeper defender midfielder "
    "forward guard quarterback"
)
SPEECH = _set("said says told added asked replied wrote tweeted argued insisted testified recalled laughed")
# After a name they make it that of a road or a building site's address, not of a town.
ROADS = _set(
    "street st road rd avenue ave boulevard blvd drive dr lane ln court ct way highway hwy parkway pkwy square "
    "place terrace trail pike turnpike circle crescent alley row plaza bridge creek river lake mountain mountains "
    "hills valley park forest island islands bay beach canyon peninsula"
)
# After a name of a place they make an institution that is of this place.
BODIES = _set(
    "council city town university college police hospital airport court board authority authorities government "
    "ministry parliament embassy mosque church cathedral museum stadium school schools district province "
    "governorate region area sheriff department fire mayor municipality front brigade military civil local stock "
    "exchange marathon summit agreement accord accords treaty conference plan process communique declaration "
    "international central national state public prison jail camp zoo opera port railway station metro command "
    "operations media center centre film fashion week"
)
COUNTIES = _set("county counties parish borough township")
PAPERS = _set(
    "times post globe herald tribune telegraph mail gazette journal chronicle observer courier dispatch sun "
    "mirror star examiner inquirer guardian bulletin monitor news review press daily weekly"
)
BEATEN = _set("beat beats defeated edged routed topped downed thrashed hosted won lost drew scored")
# "The Duke of York", "Hurricane Florence": these bear the name and are not there.
NOBLES = _set("duke duchess earl count countess prince princess marquess marquis baron baroness viscount")
STORMS = _set("hurricane typhoon cyclone storm")
# What is called after a place: "Aleppo soap", "Guinea pigs", "Spanish flu".
CALLED_AFTER = _set(
    "pepper soap ham sausage sausages cheese bread cake pudding sauce mustard tea coffee wine beer whisky rum gin "
    "oranges orange apples beans sprouts sandwich sandwiches wings steak stew broth pig pigs fowl hen hens goat "
    "goats sheep cattle cow cows bull bulls pony ponies horse horses cat cats dog dogs terrier terriers hound "
    "hounds falcon falcons parrot canary moth beetle fir pine oak cedar rose roses lily lilies violet cherry flu "
    "fever pox summer rope knot steel lace linen silk cotton wool porcelain rug rugs carpet carpets hat hats "
    "shirt boots trunks towel towels mat tile tiles glass bomber chair floors floor clock time syndrome roulette "
    "doll waltz tango cars sedans"
)
# Small words inside names: "Rio de Janeiro", "Stratford upon Avon", "Deir ez-Zor".
INNER = _set(
    "de del della di da do dos das du des au la le les las los el al ez az ar as ash an at es et ed of the and upon "
    "on in sur sous am der bei im a e y i den het op aan na nad pod под на"
)
MONTHS_AND_DAYS = _set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december mon tue tues wed thu thurs fri sat sun jan feb mar apr jun jul aug sep "
    "sept oct nov dec"
)
FIRST_NAMES = _set(
    "aaron abdul abdullah abdel abel abigail abraham adam adrian ahmad ahmed aidan aisha alan albert alejandro "
    "alex alexander alexandra alexei alfred ali alice alicia alison allan allen alma amanda amber amelia amir amy "
    "ana anastasia andre andrea andreas andrei andrew andy angel angela angelina anita ann anna anne annie "
    "anthony antonio april ariel arnold arthur ashley asher audrey austin ava barack barbara barry beatrice ben "
    "benjamin bernard bernie beth betty bill billy bob bobby boris brad bradley brandon brenda brent brett brian "
    "bruce bryan caleb cameron camille carl carla carlos carmen carol caroline carter casey catherine cecilia "
    "chad charles charlie charlotte chelsea cheryl chester chloe chris christian christina christine christopher "
    "cindy claire clara clark claude claudia clay clayton clifford clinton clive clyde cody colin connor "
    "constance craig crystal curtis cynthia daisy dale dallas damian dan dana daniel daniela danny darren darryl "
    "dave david dawn dean deborah debra denis denise dennis derek devin diana diane diego dmitry dolores dominic "
    "don donald donna doris dorothy doug douglas drew duane duncan dustin dwight dylan earl eddie edgar edith "
    "edmund eduardo edward edwin eileen elaine eleanor elena eli elijah elizabeth ella ellen elliott elsa emily "
    "emma eric erica erik erin ernest ernesto ethan eugene eva evan evelyn fatima felix fernando fiona florence "
    "floyd frances francesca francis francisco francois frank franklin fred frederick gabriel gareth garrett gary "
    "gavin gene geoffrey george gerald gerard gerhard gilbert gina glenn gloria gordon grace graham grant greg "
    "gregory guy hannah hans harold harriet harry harvey hassan hazel heather hector heidi helen helena henry "
    "herbert herman hillary holly homer hope houston howard hugh hugo hunter hussein ian ibrahim ida igor ingrid "
    "irene iris isaac isabel isabella ivan ivy jack jackie jackson jacob jacqueline jake jamal james jamie jan "
    "jane janet janice jared jasmine jason javier jay jean jeff jeffrey jennifer jenny jeremy jerome jerry jesse "
    "jessica jesus jill jim jimmy jo joan joanna joe joel johan john johnny jon jonathan jordan jorge jose joseph "
    "josh joshua joy joyce juan juanita judith judy julia julian julie juliet june justin karen karim karl kate "
    "katherine kathleen kathryn kathy katie keith kelly ken kenneth kent kevin khaled khalid kim kimberly kirk "
    "kurt kyle laila lance larry laura lauren laurence lawrence leah lee leila leo leon leonard leroy leslie "
    "lester lewis liam lillian linda lindsay lindsey lionel lisa lloyd logan lois lorenzo lori louis louise lucas "
    "lucia lucy luis luke luther lydia lynn mabel madeleine madison mahmoud malcolm manuel marc marcia marco "
    "marcus margaret maria marian marie marilyn mario marion marjorie mark marlene marsha marshall martha martin "
    "marvin mary mason mathew matilda matt matthew maureen maurice max maxine megan mehmet melanie melissa melvin "
    "mercedes meredith michael michel michelle miguel mike mikhail mildred miles milton miranda miriam mitchell "
    "mohamed mohammad mohammed molly mona monica morgan morris moses muhammad murray mustafa nadia nancy naomi "
    "natalia natalie nathan neil nelson nicholas nick nicolas nicole nigel nikolai nina noah noel nora norma "
    "norman olga oliver olivia omar oscar osama otis otto owen pablo paige pamela paris pat patricia patrick paul "
    "paula pauline pedro peggy penny percy perry peter phil philip phillip phoebe phyllis pierre rachel rafael "
    "ralph ramon randall randy raul ray raymond rebecca reginald rene rex rhonda ricardo richard rick rita rob "
    "robert roberta roberto robin rodney roger roland roman ron ronald rosa rose rosemary ross roy ruben ruby "
    "russell ruth ryan sabrina sally salman salvador sam samantha samir samuel sandra sara sarah scott sean "
    "sebastian serena sergei sergio seth shane shannon sharon shaun shawn sheila shelby sheldon sherry shirley "
    "sidney silvia simon sofia sonia sophia sophie stacy stanley stella stephanie stephen steve steven stewart "
    "stuart sue susan suzanne sydney sylvia tamara tanya tara tariq taylor ted terence teresa terry thelma "
    "theodore theresa thomas tiffany tim timothy tina todd tom tommy toni tony tracy travis trevor tyler valerie "
    "vanessa vera verna vernon veronica victor victoria vincent viola violet virginia vladimir wade wallace "
    "walter wanda warren wayne wendy wesley whitney wilbur william willie winston yasmin yolanda yousef youssef "
    "yusuf yvonne zachary zoe agnieszka alonzo alvin angus antoine archie armando arturo axel beau benedict "
    "bianca blake bonnie bradford brooke bryce burt byron calvin candice carlton cassandra cate cedric celine "
    "chuck cornelius dakota damon daphne darius dario declan denzel desmond dexter dimitri dion dolly dominique "
    "duke dwayne ebony elias elisa elton elvis emilio emmanuel enrique ernie estelle esther everett ezra faith "
    "fidel finn freddie frederic georgina giovanni giuseppe goldie greta grover gus gustav gwen harrison hermann "
    "hilary hubert imogen irving isaiah ismail jada jaime jarvis jayden jayne jenna jermaine joaquin jocelyn "
    "jonas josef juliette kanye kareem kay keira kendra kerry kirsten kristen kyrie lamar lana lara lars leonardo "
    "leopold liza lorraine luca luciano ludwig lupita mack maggie maia malala mariah marina marlon matteo maud "
    "mauricio meghan mia mickey mila millie mohamad moshe natasha ned neville nikita nikki octavia odette orlando "
    "orson oswald pascal pearl pierce quentin quincy ramona raphael reese reggie ricky robbie rocco rodrigo rory "
    "rowan rufus rupert sacha sadie sasha saul scarlett selena selma sergey shaquille sienna sigmund sinead "
    "solomon spike stefan stevie svetlana sven tatiana tess tobias trent tristan ursula valentina venus viktor "
    "vince vivian vivien volodymyr whoopi wilfred wilhelm winona woody xavier yasser yitzhak yulia yuri zach zara "
    "zelda zinedine"
)
FAMILY_NAMES = _set(
    "smith johnson williams brown jones davis miller wilson moore taylor anderson thomas white harris martin "
    "thompson robinson lewis walker hall allen young wright hill green baker adams nelson carter mitchell roberts "
    "turner phillips campbell parker evans edwards collins stewart morris rogers reed cook bell murphy bailey "
    "cooper richardson cox howard ward peterson gray watson brooks sanders price bennett wood barnes ross "
    "henderson coleman jenkins perry powell long patterson hughes butler simmons foster bryant russell griffin "
    "hayes myers ford hamilton graham sullivan wallace woods cole west owens reynolds fisher ellis harrison "
    "gibson mcdonald cruz marshall ortiz gomez murray freeman wells webb simpson stevens tucker porter hunter "
    "hicks crawford boyd mason morales kennedy warren dixon ramos reyes burns gordon shaw holmes rice robertson "
    "hunt black daniels palmer mills nichols grant knight ferguson rose stone hawkins dunn perkins hudson spencer "
    "gardner stephens payne pierce berry matthews arnold wagner willis ray watkins olson carroll duncan snyder "
    "hart cunningham bradley lane andrews ruiz harper fox riley armstrong carpenter weaver greene lawrence "
    "elliott chavez sims austin peters kelley franklin lawson obama trump biden clinton bush reagan nixon romney "
    "mccain putin merkel macron blair cameron thatcher welch webster hopkins jennings oconnor darby greer garcia "
    "rodriguez fernandez lopez martinez gonzalez perez sanchez ramirez torres flores rivera diaz muller schmidt "
    "schneider fischer weber meyer schulz hoffmann dupont durand dubois moreau ivanov petrov"
)
# A full stop after these ends no sentence.
ABBREVIATED = _set("st ste mt ft pt mr mrs ms dr sen rep gov gen col capt lt sgt maj rev prof jr sr no vs")
