"""Numbers as they are spelt in the languages of the press.

Left out are words that mean something else, often, in another of these languages: "once", "seize", "due", "elf", "dos".
"""

_UNITS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ELSEWHERE = {
    2: "deux dois duas zwei два две двух двое дві iki اثنان اثنين",
    3: "trois tres tre três drei три трёх трех трое üç ثلاثة ثلاث",
    4: "quatre cuatro quattro quatro vier четыре четырёх четырех четверо чотири dört أربعة أربع",
    5: "cinq cinco cinque fünf пять пяти пятеро beş خمسة خمس",
    6: "seis sechs шесть шести шестеро шість altı ستة ست",
    7: "sept siete sette sete sieben семь семи семеро сім yedi سبعة سبع",
    8: "huit ocho otto oito acht восемь восьми вісім sekiz ثمانية ثماني",
    9: "neuf nueve nove neun девять девяти dokuz تسعة تسع",
    10: "dix diez dieci dez zehn десять десяти عشرة عشر",
    11: "onze undici одиннадцать одиннадцати",
    12: "douze doce dodici doze zwölf двенадцать двенадцати дванадцять",
    13: "treize trece tredici treze dreizehn тринадцать тринадцати",
    14: "quatorze catorce quattordici catorze vierzehn четырнадцать четырнадцати",
    15: "quinze quince quindici fünfzehn пятнадцать пятнадцати",
    16: "dieciséis sedici dezesseis sechzehn шестнадцать шестнадцати",
    17: "diecisiete diciassette dezessete siebzehn семнадцать семнадцати",
    18: "dieciocho diciotto dezoito achtzehn восемнадцать восемнадцати",
    19: "diecinueve diciannove dezenove neunzehn девятнадцать девятнадцати",
    20: "vingt veinte venti vinte zwanzig двадцать двадцати двадцять yirmi عشرون عشرين",
    30: "trente treinta trenta trinta dreißig тридцать тридцати тридцять otuz ثلاثون ثلاثين",
    40: "quarante cuarenta quaranta quarenta vierzig сорок сорока kırk أربعون أربعين",
    50: "cinquante cincuenta cinquanta cinquenta fünfzig пятьдесят пятидесяти elli خمسون خمسين",
    60: "soixante sesenta sessanta sessenta sechzig шестьдесят шестидесяти altmış ستون ستين",
    70: "setenta settanta siebzig семьдесят семидесяти yetmiş سبعون سبعين",
    80: "ochenta ottanta oitenta achtzig восемьдесят восьмидесяти seksen ثمانون ثمانين",
    90: "noventa novanta neunzig девяносто девяноста doksan تسعون تسعين",
    100: "cien ciento cem hundert einhundert сто yüz مئة مائة",
    200: "doscientos doscientas duzentos duzentas duecento zweihundert двести двухсот مئتان مئتين مائتين",
    300: "trescientos trescientas trezentos trezentas trecento dreihundert триста трехсот трёхсот ثلاثمئة ثلاثمائة",
    400: "cuatrocientos cuatrocientas quatrocentos quattrocento vierhundert четыреста четырехсот четырьмястами أربعمئة",
    500: "quinientos quinientas quinhentos cinquecento fünfhundert пятьсот пятисот خمسمئة خمسمائة",
    600: "seiscientos seiscientas seiscentos seicento sechshundert шестьсот шестисот ستمئة",
    700: "setecientos setecientas setecentos settecento siebenhundert семьсот семисот سبعمئة",
    800: "ochocientos ochocientas oitocentos ottocento achthundert восемьсот восьмисот ثمانمئة",
    900: "novecientos novecientas novecentos novecento neunhundert девятьсот девятисот تسعمئة",
}
ENGLISH_UNITS = tuple(_UNITS.split())
_GERMAN_UNITS = "ein zwei drei vier fünf sechs sieben acht neun"
_GERMAN_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"
_SPANISH_UNITS = "uno dós trés cuatro cinco séis siete ocho nueve"
_ITALIAN_UNITS = "uno idue itré iquattro icinque isei isette otto inove"
_WRITTEN_AS_ONE = {  # in other languages a hyphen, a space or an "and" parts the units from the tens
    **{
        f"{unit}und{tens}": 10 * n + m
        for n, tens in enumerate(_GERMAN_TENS.split(), 2)
        for m, unit in enumerate(_GERMAN_UNITS.split(), 1)
    },
    **{f"veinti{unit}": 20 + m for m, unit in enumerate(_SPANISH_UNITS.split(), 1)},
    "veintiún": 21,
    "veintiuna": 21,
    **{f"vent{unit}": 20 + m for m, unit in enumerate(_ITALIAN_UNITS.split(), 1)},
}
SMALL = {
    **{word: n for n, word in enumerate(ENGLISH_UNITS)},
    **{word: 10 * n for n, word in enumerate(_TENS.split(), 2)},
    **{word: n for n, words in _ELSEWHERE.items() for word in words.split()},
    **_WRITTEN_AS_ONE,
}  # word → number, below a thousand
