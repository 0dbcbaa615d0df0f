"""Copies and updates in other scripts than the Latin one of English."""

import pytest

from monitor.model import Decision
from tests.core.newsroom import article, judged

REPORTS = {
    "ru": (
        "Мост через Онар закрыт",
        "Мост через реку Онар в Вельме закрыли в пятницу, после того как баржа ударилась об опору. Никто не ранен. "
        "Грузовики отправляют через паром в Сунде, он ходит каждые полчаса. Экипажу баржи запретили покидать порт, "
        "пока управление гавани не выслушает капитана. У переправы ждут 40 грузовиков.",
        "Баржа задела опору: движение остановлено",
    ),
    "ar": (
        "إغلاق الجسر فوق نهر أونار",
        "أُغلق الجسر فوق نهر أونار في مدينة فيلم يوم الجمعة بعد أن اصطدمت بارجة بأحد أعمدته. ولم يصب أحد بأذى. "
        "وتحوّل الشاحنات إلى العبّارة في سوند التي تعبر النهر كل نصف ساعة. ومُنع طاقم البارجة من مغادرة الميناء حتى "
        "تستمع إدارة المرفأ إلى القبطان. وتنتظر 40 شاحنة عند المعبر.",
        "بارجة تصطدم بعمود والحركة متوقفة",
    ),
    "zh": (
        "奥纳河大桥关闭",
        "周五一艘驳船撞上桥墩后，韦尔姆的奥纳河大桥被迫关闭。没有人受伤。卡车改走松德的渡轮，渡轮每半小时开一班。"
        "港务局听取船长陈述之前，驳船的船员不得离开港口。目前有40辆卡车在渡口等候。",
        "驳船撞桥墩交通中断",
    ),
    "tr": (
        "Onar üzerindeki köprü kapatıldı",
        "Velm'de Onar nehri üzerindeki köprü, bir mavnanın ayağa çarpması üzerine cuma günü kapatıldı. Yaralanan yok. "
        "Kamyonlar yarım saatte bir kalkan Sund feribotuna yönlendiriliyor. Liman idaresi kaptanı dinleyene kadar "
        "İzmirli mürettebatın limandan ayrılması yasaklandı. İskelede 40 kamyon bekliyor.",
        "Mavna köprü ayağına çarptı, trafik durdu",
    ),
}


@pytest.mark.parametrize("language", REPORTS)
def test_the_same_text_under_another_headline_is_a_copy(language: str) -> None:
    title, text, other = REPORTS[language]
    _, copy = judged(article("a", title, text), article("b", other, text.upper(), hours=1, source="Sund Mirror"))
    assert (copy.decision, copy.copy_of) == (Decision.COPY, "a")


@pytest.mark.parametrize("language", REPORTS)
def test_another_figure_in_the_same_text_is_an_update(language: str) -> None:
    title, text, _ = REPORTS[language]
    changed = article("b", title, text.replace("40", "90"), hours=1, source="Sund Mirror")
    _, update = judged(article("a", title, text), changed)
    assert update.decision is Decision.UPDATE
    assert [(change.kind, (change.after or "")[:2]) for change in update.changes] == [("figure", "90")]


@pytest.mark.parametrize("language", REPORTS)
def test_marks_that_readers_do_not_see_make_no_other_text(language: str) -> None:
    title, text, _ = REPORTS[language]
    marked = text.replace(" ", "\u00a0").replace("о", "о\u200b").replace("ت", "تـ")
    _, copy = judged(article("a", title, text), article("b", title, marked, hours=1, source="Sund Mirror"))
    assert copy.decision is Decision.COPY


def test_reports_of_different_events_in_one_script_are_not_copies() -> None:
    title, text, _ = REPORTS["zh"]
    other = "周日晚上，韦尔姆的面包师将停止工作，因为关于夜班工资的谈判失败了。工会表示小商店和医院仍将得到供应。"
    rows = judged(article("a", title, text), article("b", "面包师罢工", other, hours=1, source="Sund Mirror"))
    assert rows[1].copy_of is None
