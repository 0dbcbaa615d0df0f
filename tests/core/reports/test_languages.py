"""The language of a text, by its script and its smallest words."""

import pytest

from monitor.core.reports.languages import guess_language

SENTENCES = {
    "en": [
        "Police said the bridge was closed after a lorry struck it on Friday.",
        "Officials have warned that more rain is on the way.",
    ],
    "fr": [
        "La police a déclaré que le pont était fermé après un accident vendredi.",
        "Les autorités ont averti que la pluie va continuer dans le nord.",
    ],
    "es": [
        "La policía dijo que el puente fue cerrado tras un accidente el viernes.",
        "Las autoridades advirtieron de que las lluvias seguirán en el norte.",
    ],
    "pt": [
        "A polícia disse que a ponte foi fechada após um acidente na sexta-feira.",
        "As autoridades avisaram que a chuva não vai parar no norte do país.",
    ],
    "it": [
        "La polizia ha detto che il ponte è stato chiuso dopo un incidente venerdì.",
        "Le autorità hanno avvertito che la pioggia non si fermerà nel nord.",
    ],
    "de": [
        "Die Polizei teilte mit, dass die Brücke nach einem Unfall am Freitag gesperrt wurde.",
        "Die Behörden warnen vor weiterem Regen im Norden des Landes.",
    ],
    "nl": [
        "De politie meldt dat de brug na een ongeluk op vrijdag is afgesloten.",
        "De autoriteiten waarschuwen dat er meer regen op komst is.",
    ],
    "sv": [
        "Polisen uppger att bron stängdes efter en olycka på fredagen.",
        "Myndigheterna varnar för att det kommer mer regn i norr.",
    ],
    "da": [
        "Politiet oplyser, at broen blev lukket efter en ulykke fredag.",
        "Myndighederne advarer om, at der kommer mere regn i nord af landet.",
    ],
    "pl": [
        "Policja poinformowała, że most został zamknięty po wypadku w piątek.",
        "Władze ostrzegają, że w najbliższych dniach na północy kraju nie przestanie padać.",
    ],
    "cs": [
        "Policie uvedla, že most byl po nehodě v pátek uzavřen.",
    ],
    "hu": [
        "A rendőrség szerint a hidat egy baleset után pénteken lezárták.",
        "A hatóságok arra figyelmeztetnek, hogy az eső nem áll el.",
    ],
    "ro": [
        "Poliția a anunțat că podul a fost închis după un accident vineri.",
        "Autoritățile avertizează că ploaia nu se va opri în nordul țării.",
    ],
    "tr": [
        "Polis, köprünün cuma günü meydana gelen bir kaza sonrası kapatıldığını açıkladı ve bu yol için uyardı.",
        "Yetkililer, kuzeyde yağmurun daha çok süreceği için uyardı.",
    ],
    "fi": [
        "Poliisin mukaan silta suljettiin, kun onnettomuus oli tapahtunut, ja se on yhä kiinni.",
        "Viranomaiset varoittavat, että sade ei lopu, mutta myrsky on jo ohi.",
    ],
    "id": [
        "Polisi mengatakan jembatan itu ditutup setelah kecelakaan pada hari Jumat.",
        "Pihak berwenang memperingatkan bahwa hujan tidak akan berhenti di utara dan juga timur.",
    ],
    "sw": [
        "Polisi walisema kuwa daraja hilo lilifungwa baada ya ajali ya Ijumaa.",
        "Mamlaka zimeonya kuwa mvua haitaisha katika eneo la kaskazini.",
    ],
    "ru": [
        "Полиция сообщила, что мост закрыли после аварии в пятницу.",
        "Власти предупредили, что дождь на севере не прекратится и после выходных.",
    ],
    "uk": [
        "Поліція повідомила, що міст закрили після аварії у п'ятницю.",
        "Влада попередила, що дощ на півночі не припиниться й після вихідних.",
    ],
    "bg": [
        "Полицията съобщи, че мостът е затворен след катастрофа в петък.",
        "Властите предупредиха, че дъждът на север няма да спре и след почивните дни.",
    ],
    "sr": [
        "Полиција је саопштила да је мост затворен након несреће у петак.",
        "Власти су упозориле да киша на северу неће престати.",
    ],
    "ar": [
        "قالت الشرطة إن الجسر أغلق بعد حادث وقع يوم الجمعة في المدينة.",
        "حذرت السلطات من أن الأمطار ستستمر في الشمال.",
    ],
    "fa": [
        "پلیس اعلام کرد که پل پس از تصادف روز جمعه در شهر بسته شد.",
        "مقام‌ها هشدار دادند که باران در شمال تا هفته آینده ادامه دارد.",
    ],
    "ur": [
        "پولیس نے کہا کہ جمعہ کو حادثے کے بعد پل بند کر دیا گیا ہے۔",
        "حکام نے خبردار کیا ہے کہ شمال میں بارش جاری رہے گی۔",
    ],
    "hi": [
        "पुलिस ने कहा कि शुक्रवार को दुर्घटना के बाद पुल बंद कर दिया गया है।",
        "अधिकारियों ने चेतावनी दी है कि उत्तर में बारिश जारी रहेगी।",
    ],
    "zh": [
        "警方表示，大桥在周五发生事故后关闭。",
    ],
    "ja": [
        "警察によると、橋は金曜日の事故の後に閉鎖された。",
    ],
    "ko": [
        "경찰은 금요일 사고 이후 다리가 폐쇄됐다고 밝혔다.",
    ],
    "el": [
        "Η αστυνομία ανακοίνωσε ότι η γέφυρα έκλεισε.",
    ],
    "he": [
        "המשטרה הודיעה כי הגשר נסגר לאחר תאונה.",
    ],
    "th": [
        "ตำรวจกล่าวว่าสะพานถูกปิดหลังเกิดอุบัติเหตุ",
    ],
    "vi": [
        "Cảnh sát cho biết cây cầu đã bị đóng sau một vụ tai nạn vào thứ Sáu và không có người chết.",
        "Giới chức cảnh báo mưa sẽ còn kéo dài tại miền bắc, và các sông đã đầy.",
    ],
}


@pytest.mark.parametrize(("language", "sentence"), [(code, s) for code, some in SENTENCES.items() for s in some])
def test_a_sentence_is_known_by_its_script_or_its_smallest_words(language: str, sentence: str) -> None:
    assert guess_language(sentence) == language
    assert guess_language(sentence.upper()) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Raqqa",
        "12 345 678",
        "OK go",
        "Ελλάδα hello мир",
        "!" * 99,
        "\ud800",
        "Bashar Assad, Abu Bakr, Sirte, Idlib",
    ],
)
def test_what_is_short_or_mixed_is_in_no_language(text: str) -> None:
    assert guess_language(text) is None


def test_a_long_text_costs_no_more_than_its_beginning() -> None:
    assert guess_language("the bridge of the town is closed and " * 300_000) == "en"
