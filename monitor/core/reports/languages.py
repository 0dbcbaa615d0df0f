"""Which language a text is in, guessed from its letters and its smallest words; None where that is not sure.

The script decides first. Where several languages share one, their most frequent words do (after Ingle, "A Language
Identification Table", 1976, and Grefenstette, "Comparing two language identification schemes", 1995): each language's
share of the words that are its own, and the best has to lead.
"""

import re
from collections import Counter, defaultdict
from functools import cache

LOOKED_AT = 6000  # characters
FEWEST_LETTERS = 12  # of a script that has one language
FEWEST_WORDS = 3  # that must be a language's own
LEAD = 1.3  # by how much the best must be ahead of the next

# Script → its ranges. Where it is one language's alone, its code stands for it.
_SCRIPTS = {
    "latin": "A-Za-z\u00c0-\u024f\u1e00-\u1eff",
    "cyrillic": "\u0400-\u052f",
    "arabic": "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
    "devanagari": "\u0900-\u097f",
    "han": "\u4e00-\u9fff\u3400-\u4dbf",
    "ja": "\u3040-\u30ff",
    "ko": "\uac00-\ud7af",
    "el": "\u0370-\u03ff",
    "he": "\u0590-\u05ff",
    "th": "\u0e00-\u0e7f",
    "hy": "\u0530-\u058f",
    "ka": "\u10a0-\u10ff",
    "bn": "\u0980-\u09ff",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "my": "\u1000-\u109f",
    "km": "\u1780-\u17ff",
    "am": "\u1200-\u137f",
}
_SHARED = {
    "latin": {
        "en": "the of and to in is was that for it with on as by are were from has have been will which this not said",
        "fr": "le la les des et est dans que qui pour une un sur pas par au aux avec du ont été ce cette mais il elle",
        "es": "el los las de que y en una del por con se para es su al lo más fue como pero sus este han entre muy",
        "pt": "o os as de que e em uma do da dos das não com para por um se na no ao foi mais são mas pela pelo está",
        "it": "il lo gli di che e è un una per non sono della del dei delle nel con si da al alla più anche hanno come",
        "ca": "el els les de que i en una amb per del als és no va ha són aquest més seva van pel dels però",
        "ro": "și de la în a cu pe că nu este din pentru au fost care sunt mai la un o ale lui prin după fi",
        "de": "der die das und ist in den von zu mit für auf im nicht ein eine dem sich des wurde nach auch bei sind",
        "nl": "de het een en van in is dat op te zijn met voor niet aan er om ook als die bij uit werd naar door",
        "sv": "och att det som en är på för av med till den har inte i ett om de var från han vid också efter",
        "da": "og at det som en er på for af med til den har ikke i et om de var fra han ved også efter blev",
        "no": "og at det som en er på for av med til den har ikke i et om de var fra han ved også etter ble",
        "fi": "ja on ei että se oli hän ovat mutta kun myös joka mukaan sekä kuin ole jo nyt tämä joita",
        "et": "ja on ei et see oli kui ka ning mis aga tema selle pärast oma ole kes või",
        "hu": "a az és hogy nem is egy volt van meg ki már csak még azt ez el mint szerint akik után ezt",
        "pl": "i w na z się do że nie jest to o po od przez za są oraz jak dla był ale przed które który także",
        "cs": "a v se na je že s z do o to k ve i po by za jako které pro byl podle ale jsou při však také",
        "sk": "a v sa na je že s z do o to k vo aj po by za ako ktoré pre bol podľa ale sú pri však tiež",
        "hr": "i u je na se da su za od s koji iz kao što nije bi do po će ali bio te prema nakon",
        "sl": "in v je na se da so za z ki iz kot ni bi do po pa bil tudi pri ter lahko po",
        "lt": "ir kad yra į su iš tai buvo ne kaip už bet po dėl apie jis nuo taip pat savo",
        "lv": "un ir ka no par ar uz tas bija kas lai arī pēc kā bet nav gan tika viņš",
        "sq": "dhe në të e i për me që është nga një se më ka janë nuk po si kjo tha por",
        "tr": "ve bir bu da de için ile olarak olan daha en çok ne ise var gibi kadar sonra ancak göre",
        "az": "və bir bu da də üçün ilə olan daha ən çox isə var kimi qədər sonra edib olub bildirib",
        "ku": "û di de ji bo li ku ew jî bi hat dike ye wan kir in xwe ev ser tê",
        "id": "yang dan di dengan untuk dari ini itu pada tidak dalam akan ke juga adalah oleh telah karena",
        "tl": "ang ng sa na mga ay at ito para hindi kay siya nang may si isang ni ding",
        "vi": "và của là có trong được cho một các với không người đã này những khi đến tại",
        "sw": "ya na wa kwa ni katika la za kuwa cha hiyo huyo watu hii alisema baada ambao yake",
        "so": "iyo ka in ku oo ay u ee waa ah laga si la soo uu leh kale aan",
        "ha": "da na ya a ta ne ce su wa ba mai don cewa daga shi wannan kuma yana",
    },
    "cyrillic": {
        "ru": "и в не на что с по как это из у за от для но так же все его был они или было также после",
        "uk": "і в не на що з та як це із у за від для але так же всі його був вони або було також після й до",
        "be": "і ў не на што з па як гэта у за ад для але так усе яго быў яны або было таксама пасля",
        "bg": "и в не на че с за да от се е са по като ще при или след до има това беше той",
        "sr": "и у не на да се је за од са су који као што није би до по ће али био након",
        "mk": "и во не на дека со за да од се е ги по како ќе при или до има тоа беше тој",
        "kk": "және бір бұл мен де да үшін бойынша деп болып осы туралы кейін жылы оның",
    },
    "arabic": {
        "ar": "في من على إلى أن التي الذي عن مع هذا هذه كان قال بعد لا ما قد بين ذلك كما",
        "fa": "در و به از که این را با است برای آن یک خود تا بر شد هم نیز شده بود می",
        "ur": "کے میں کی ہے اور سے کا کو نے پر ہیں کہ اس بھی یہ نہیں تھا گیا ہو",
        "ps": "د په او چې کې ته له دی یې هم پر سره شوي نه دا",
        "ku": "لە بۆ کە و بە ئەو ئەم لەگەڵ دەکات هەر بوو سەر ناو دوای",
    },
    "devanagari": {
        "hi": "के में की है और से का को ने पर हैं कि इस भी यह नहीं था गया लिए एक",
        "mr": "आणि आहे या ते व हे की ने च्या मध्ये होते आहेत तर नाही यांनी",
        "ne": "को र मा छ ले पनि हो भने गरेको छन् यो एक भएको तथा",
    },
}
_WORD = re.compile(r"[^\W\d_]+(?:[\u0900-\u097f]+)?")
_LETTERS = {name: re.compile(f"[{ranges}]") for name, ranges in _SCRIPTS.items()}


def guess_language(text: str) -> str | None:
    """The ISO 639-1 code of the language that the beginning of a text is in; None for a short or mixed one."""
    text = text[:LOOKED_AT]
    counts = {name: len(letters.findall(text)) for name, letters in _LETTERS.items()}
    if counts["ja"] * 20 > counts["han"]:  # Japanese is written in both
        counts["ja"], counts["han"] = counts["ja"] + counts["han"], 0
    script = max(counts, key=lambda name: counts[name])
    if counts[script] < FEWEST_LETTERS or counts[script] * 2 < sum(counts.values()):
        return None
    if script in _SHARED:
        return _by_words(text, script)
    return "zh" if script == "han" else script


def _by_words(text: str, script: str) -> str | None:
    words = Counter(match[0] for match in _WORD.finditer(text.lower()))
    scores: defaultdict[str, float] = defaultdict(float)
    for word, count in words.items():
        owners = _owners(script).get(word, ())
        for language in owners:
            scores[language] += count * (1 + 1 / len(owners))  # one that few languages have says more
    if not scores:
        return None
    best = max(scores, key=lambda language: scores[language])
    behind = max((score for language, score in scores.items() if language != best), default=0.0)
    return best if scores[best] >= FEWEST_WORDS and scores[best] >= LEAD * behind else None


@cache
def _owners(script: str) -> dict[str, tuple[str, ...]]:
    """Word → the languages that have it among their most frequent."""
    owners: dict[str, tuple[str, ...]] = {}
    for language, words in _SHARED[script].items():
        for word in dict.fromkeys(words.split()):
            owners[word] = (*owners.get(word, ()), language)
    return owners
