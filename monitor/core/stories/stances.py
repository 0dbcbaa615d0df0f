"""Words by which the same news says the opposite: pairs of them, and those that turn round what follows."""

from collections.abc import Collection

# A line a pair; the forms of each side stand with a space between.
_OPPOSED = """
    acquit acquits acquitted clear clears cleared | convict convicts convicted guilty
    survive survives survived | die dies died dead killed perish perishes perished
    alive | dead killed
    safe | dead killed
    missing | found
    agree agrees agreed accept accepts accepted | deny denies denied refuse refuses refused reject rejects rejected
    approve approves approved back backs backed | oppose opposes opposed reject rejects rejected decline declines
    confirm confirms confirmed admit admits admitted | deny denies denied
    free frees freed release releases released | jail jails jailed detain detains detained arrest arrests arrested
    allow allows allowed permit permits permitted | ban bans banned block blocks blocked bar bars barred forbid forbids
    win wins won | lose loses lost
    rise rises rose risen up gain gains gained | fall falls fell fallen down drop drops dropped
    open opens opened reopen reopens reopened | close closes closed shut shuts
    begin begins began start starts started resume resumes resumed | end ends ended halt halts halted stop stops
    enter enters entered arrive arrives arrived | leave leaves left withdraw withdraws withdrew
    capture captures captured seize seizes seized take takes took | lose loses lost recapture recaptures recaptured
    lift lifts lifted | impose imposes imposed
    true | false
    legal lawful | illegal unlawful
    succeed succeeds succeeded | fail fails failed
    advance advances advanced | retreat retreats retreated
    hold holds held | collapse collapses collapsed break breaks broke breach breaches
    suspected alleged unconfirmed | confirmed proven
    accepte accepté acceptée acceptés acceptent | refuse refusé refusée refusés refusent rejette rejeté rejetée
    nie nié niée nient dément démenti | reconnaît reconnu admet admis avoue avoué confirme confirmé
    libéré libérée libérés | arrêté arrêtée arrêtés détenu détenue détenus
    acepta aceptó aceptado aceptaron | rechaza rechazó rechazado rechazaron niega negó negaron
    niega negó negaron desmintió desmiente | admite admitió admitieron reconoce reconoció confirma confirmó confirmado
    liberado liberada liberados | detenido detenida detenidos arrestado arrestada
    aceita aceitou | recusa recusou rejeita rejeitou
    nega negou desmente desmentiu | admite admitiu confessou confirma confirmou
    accetta accettato | rifiuta rifiutato respinge respinto
    nega negato smentisce smentito | ammette ammesso confessa confessato conferma confermato
    stimmt stimmte zugestimmt | weigert weigerte verweigert verweigerte lehnt ablehnte abgelehnt
    bestreitet bestritt bestritten dementiert dementierte | gesteht gestand gestanden bestätigt bestätigte zugegeben
    freigelassen | festgenommen verhaftet inhaftiert
    согласился согласилась согласились | отказался отказалась отказались отклонил отклонила отверг отвергла
    отрицает отрицал отрицала отрицали опроверг опровергла | признал признала признали подтвердил подтвердила
    отрицает отрицают опровергает опровергают | признает признаёт признают подтверждает подтверждают
    освобожден освобождён освобождены | арестован арестована арестованы задержан задержана задержаны
    وافق وافقت ووافق ووافقت | رفض رفضت ورفض ورفضت
    نفى نفت ونفى ونفت ينفي | اعترف اعترفت واعترف واعترفت أقر أقرت وأقر وأقرت أكد أكدت وأكد وأكدت
    kabul | reddetti reddediyor reddedildi
    yalanladı yalanlıyor inkâr inkar | itiraf doğruladı doğruluyor kabul
"""
TURNING_WORDS = """
    not no never none nobody without cannot isn aren wasn weren doesn didn hasn haven hadn couldn wouldn isnt
    arent wasnt werent dont doesnt didnt hasnt havent hadnt couldnt wouldnt cant wont deny denies
    denied denying refuse refuses refused refusing reject rejects rejected fail fails failed cancel cancels cancelled
    canceled non nicht kein keine не нет لم لن ليس
"""
_TURNS = frozenset(TURNING_WORDS.split())
_OPPOSITES: dict[str, set[str]] = {}
for _line in _OPPOSED.strip().splitlines():
    _one, _other = (side.split() for side in _line.split("|"))
    for _side, _against in ((_one, _other), (_other, _one)):
        for _word in _side:
            _OPPOSITES.setdefault(_word, set()).update(_against)


def opposed(new: Collection[str], old: Collection[str]) -> bool:
    """Whether one set of words holds the opposite of a word of the other that it has not itself."""
    gone, fresh = set(old) - set(new), set(new) - set(old)
    return any(_OPPOSITES.get(word, set()) & gone for word in fresh) or bool(_TURNS & fresh) != bool(_TURNS & gone)


def takes_sides(word: str) -> bool:
    """Whether it has an opposite, or turns round what is said with it."""
    return word in _OPPOSITES or word in _TURNS


def opposites(word: str) -> Collection[str]:
    """The words that say the opposite."""
    return _OPPOSITES.get(word, set())


def turns(word: str) -> bool:
    """Whether it turns round what is said with it."""
    return word in _TURNS
