"""Nine languages, and no more."""

import pytest

from mirab.observe.press.language import LANGUAGES, language

ARTICLE_1 = {
    "en": "All human beings are born free and equal in dignity and rights. They are endowed with reason.",
    "ru": "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом.",
    "kk": "Барлық адамдар тумысынан азат және қадір-қасиеті мен құқықтары тең болып дүниеге келеді.",
    "ky": "Бардык адамдар өз беделинде жана укуктарында эркин жана тең укуктуу болуп жаралат.",
    "uz": "Barcha odamlar erkin, qadr-qimmat va huquqlarda teng bo‘lib tug‘iladilar. Ular aql sohibidirlar.",
    "tg": "Тамоми одамон озод ба дунё меоянд ва аз лиҳози манзилату ҳуқуқ бо ҳам баробаранд.",
    "tk": "Hemme adamlar öz mertebesi we hukuklary boýunça deň ýagdaýda dünýä inýärler.",
    "fa": "تمام افراد بشر آزاد به دنیا می‌آیند و از لحاظ حیثیت و حقوق با هم برابرند.",
    "ps": "د بشر ټول افراد آزاد نړۍ ته راځي او د حیثیت او حقوقو له پلوه سره برابر دي.",
}


@pytest.mark.parametrize(("code", "text"), ARTICLE_1.items())
def test_the_first_article_of_the_declaration_is_told_by_its_language(code: str, text: str) -> None:
    assert language(text)[0] == code


def test_turkmen_in_cyrillic_is_told_by_its_letter() -> None:
    assert language("Ähli adamlar öz mertebesi boýunça deňdir")[0] == "tk"
    assert language("Җемгыет ве дөвлет хакында")[0] == "tk"


@pytest.mark.parametrize("text", ["", "12345 !?", "\u4f60\u597d"])
def test_what_has_no_letters_of_ours_has_no_language_or_one_of_the_nine(text: str) -> None:
    assert language(text)[0] in ("", *LANGUAGES)


def test_small_words_decide_plain_english_and_russian_and_leave_mixed_texts_to_the_model() -> None:
    english = "The ministers of the two states met in Astana and agreed on the joint use of water for a year."
    russian = "Министры двух государств встретились в Астане и договорились о совместном использовании воды."
    assert language(english) == ("en", 1.0)
    assert language(f"{russian} Они также сказали о том, что на встрече в Оше это обсудят.") == ("ru", 1.0)
    assert language(f"{english} {russian}")[1] < 1.0
