"""What stands on the page but outside the report: invitations, credits, share counts, notices."""

import re
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

_OPENS = (
    r"read more|more on|see also|related|share|follow|subscribe|sign up|click|watch|listen|photo|image|picture|video"
    r"|copyright|©|all rights reserved|advertisement|source|comments?|tags|topics|published|last updated|updated"
    r"|newsletter|download|get the"
)
_HOLDS = (
    r"all rights reserved|cookies?|privacy policy|terms of (?:use|service)|newsletter|subscri(?:be|ber|ption)s?"
    r"|follow us|sign up|whatsapp|click here|read more|facebook|twitter|instagram|min(?:ute)? read|reporting by"
    r"|editing by|additional reporting|contributed to this report|press writers?|file photo|getty"
)
_OPENS_ELSEWHERE = (
    r"lee también|leer más|lea también|más información|síguenos|suscríbete|suscríbase|comparte|foto|vídeo|etiquetas"
    r"|lire aussi|à lire aussi|abonnez-vous|suivez-nous|partagez|crédit photo|inscrivez-vous|commentaires?|partager"
    r"|lesen sie auch|mehr zum thema|abonnieren sie|folgen sie uns|bildquelle|leia (?:também|mais)|assine|siga-nos"
    r"|leggi anche|iscriviti|abbonati|seguici|читайте также|подписывайтесь|подпишитесь|фото|видео|источник|теги"
    r"|поделиться|комментарии|читайте також|підписуйтесь|підпишіться|ayrıca okuyun|abone ol\w*|bizi takip edin"
    r"|fotoğraf|kaynak|etiketler|yorumlar|اقرأ أيضا|اقرأ أيضًا|إقرأ أيضا|تابعونا|تابعنا|اشترك|اشتركوا|للمزيد|شارك"
    r"|حقوق النشر|bunu da okuyun|bunlar da ilginizi çekebilir"
)
_HOLDS_ELSEWHERE = (
    r"todos los derechos reservados|boletín|política de privacidad|suscríbete|tous droits réservés|abonnez-vous"
    r"|alle rechte vorbehalten|datenschutzerklärung|todos os direitos reservados|tutti i diritti riservati"
    r"|все права защищены|подписывайтесь на|подпишитесь на|усі права захищені|tüm hakları saklıdır|çerez"
    r"|جميع الحقوق محفوظة|النشرة البريدية|نشرتنا البريدية"
)
_UNSPACED = "版权所有|未经授权|未经许可|扫描二维码|关注我们|关注公众号|订阅|责任编辑|点击阅读|延伸阅读|無断転載|著作権"
_OPENING = re.compile(rf"\W*(?:{_OPENS}|{_OPENS_ELSEWHERE})\b", re.IGNORECASE)
_HOLDING = re.compile(rf"\b(?:{_HOLDS}|{_HOLDS_ELSEWHERE})\b|{_UNSPACED}", re.IGNORECASE)


def _literal(pattern: str) -> str:
    """The longest part of a pattern that stands in whatever it matches."""
    return max(re.split(r"\(\?:[^)]*\)\??|.\?", pattern), key=len)


_SIGNS = AhoCorasick(
    [_literal(one) for one in re.findall(r"(?:\([^)]*\)|[^|(])+", f"{_HOLDS}|{_HOLDS_ELSEWHERE}|{_UNSPACED}")]
)
OUTSIDE_WORDS = """
    more see related share follow subscribe sign click watch listen photo image picture video copyright rights
    advertisement source comment comments tags topics published updated newsletter download get cookie cookies privacy
    terms subscriber subscription subscribers subscriptions us whatsapp facebook twitter instagram read reporting
    editing contributed press writer writers getty
    lee leer lea información síguenos suscríbete suscríbase comparte foto vídeo etiquetas lire abonnez suivez partagez
    crédit inscrivez commentaires commentaire partager lesen thema abonnieren folgen bildquelle leia assine siga leggi
    iscriviti abbonati seguici читайте подписывайтесь подпишитесь фото видео источник теги поделиться комментарии
    підписуйтесь підпишіться ayrıca abone takip fotoğraf kaynak etiketler yorumlar bunu bunlar
    اقرأ إقرأ تابعونا تابعنا اشترك
    اشتركوا للمزيد شارك حقوق derechos boletín privacidad droits rechte datenschutzerklärung direitos diritti права
    hakları çerez الحقوق البريدية 版 授 许 码 订 责 阅 关 転 著
"""  # one of these is in every line that stands outside
LONGEST = 400  # characters; a longer line is part of the report


def stands_outside(line: str) -> bool:
    """Whether a line or sentence is no part of the report."""
    return len(line) <= LONGEST and _stands_outside(line)


@lru_cache(256)  # each figure of a line asks about the line
def _stands_outside(line: str) -> bool:
    if _OPENING.match(line):
        return True
    # The search takes ten times as long as the look for its parts, which most lines lack.
    return bool(_SIGNS.find_matches_as_indexes(line.lower())) and _HOLDING.search(line) is not None
