"""Texts that nearly repeat each other: what is compared, and how the likely ones are found."""

import pytest

from app.appeals.likeness import LIKE, bands, likeness, marked, pairs, words

SAMPLE = (
    "Уважаемый Иван Петрович!\n"
    "Во дворе дома 5 по Садовой улице третью неделю не вывозят мусор, контейнеры переполнены, "
    "по двору бегают крысы. Прошу принять меры и обязать управляющую компанию вывозить мусор.\n"
    "С уважением, Ёлкина Мария"
)
OWN_HOUSE = (
    "Здравствуйте!\n"
    "ВО ДВОРЕ ДОМА 17 ПО ЛЕСНОЙ УЛИЦЕ ТРЕТЬЮ НЕДЕЛЮ НЕ ВЫВОЗЯТ МУСОР — контейнеры переполнены; "
    "по двору бегают крысы! Просим принять меры и обязать управляющую компанию вывозить мусор.\n"
    "Заранее спасибо. Белов П. П., ул. Лесная, 17"
)
OTHER = (
    "Во дворе дома 5 по Садовой улице второй месяц не горят фонари, вечером опасно идти от "
    "остановки. Прошу принять меры и обязать городские сети починить освещение."
)


def alike(one, other):
    return likeness(pairs(one), pairs(other))


def test_what_differs_in_every_letter_is_not_compared():
    assert words(SAMPLE)[:5] == ["во", "дворе", "дома", "0", "по"]
    assert words(SAMPLE)[-1] == "мусор"
    assert words("Прошу помочь Ёлкиной Марии.", ["Елкина Мария Петровна"]) == ["прошу", "помочь"]


def test_letters_of_one_campaign_are_alike_and_a_letter_of_the_same_yard_is_not():
    assert alike(SAMPLE, OWN_HOUSE) > 0.6
    assert alike(SAMPLE, OTHER) < 0.3


def test_a_story_of_ones_own_around_the_common_text_does_not_hide_it():
    story = "Я живу здесь с 1975 года и ни разу не видел такого. " * 3
    longer = (
        story
        + SAMPLE.replace("Уважаемый Иван Петрович!", "")
        + " ".join(f"Кроме того, сосед {n} этажа тоже недоволен" for n in range(9))
    )
    assert alike(SAMPLE, longer) >= LIKE
    assert alike("Прошу принять меры", SAMPLE) < LIKE  # three words are no text


@pytest.mark.parametrize("text", ["", "   ", "!!!", "Мусор", "С уважением, Ёлкина"])
def test_a_text_without_words_is_like_nothing(text):
    assert alike(text, SAMPLE) < LIKE
    assert alike(text, text) in (0.0, 1.0)
    assert bands(pairs("")) == []


def test_bands_are_the_same_today_and_tomorrow_and_fit_four_bytes():
    found = bands(pairs(SAMPLE))
    assert found == bands(pairs(SAMPLE.upper()))
    assert len(found) == 24
    assert all(-(2**31) <= one < 2**31 for one in found)
    # What is stored is compared for years: a change of the method has to be seen here.
    assert found[:2] == [1550506041, -641399417]


def test_like_texts_share_a_band_and_unlike_ones_do_not():
    own = set(bands(pairs(SAMPLE)))
    assert own & set(bands(pairs(OWN_HOUSE)))
    assert not own & set(bands(pairs("Прошу назначить пенсию по потере кормильца.")))


def test_differences_from_the_sample_are_marked():
    found = marked("Во дворе дома 17 не вывозят мусор!", "Во дворе дома 5 не вывозят мусор!")
    assert found == [("Во дворе дома ", False), ("17 ", True), ("не вывозят мусор!", False)]
    assert marked("", "что-то") == []
