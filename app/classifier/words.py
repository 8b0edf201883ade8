"""Words as the index knows them: lower case, е for ё, and their stems."""

import re
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"[0-9a-zа-я]+")
_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё"
_LAYOUT = str.maketrans(_LATIN, _CYRILLIC)

# Words that every appeal has, whatever it is about.
STOPWORDS = frozenset(
    """
    а без более бы был была были было быть в вам вас ваш ваша ваше вашего вашей ваши весь во вот
    все всего всем всех вы где да даже для до его ее если есть еще же за здесь и из или им их к
    как какой когда кто ли либо лишь мне много может мой моя моей моего мою мы на над нам нами
    нас наш наша наше нашего нашей нашем нашу наши не него нее нет ни них но ну о об обо он она
    они оно от очень перед по под после потому при про раз с сам свой свою своей своего себя со
    также так такой там те тем то того тоже той только том тот ты у уже хотя чего чем через что
    чтобы эта эти это этого этой этом этот эту я один два три год года лет день дня дней раза
    человек люди просим прошу просьба помогите помочь помощь разобраться принять меры ситуация
    вопрос проблема обращаюсь обращаемся обращение заявление жалоба письмо ответ являюсь
    проживаю живу живем нахожусь нужно надо можно нельзя сделать делать сказали говорят сообщаю
    сообщить уважением здравствуйте спасибо заранее добрый уважаемый уважаемая уважаемые
    господин президент губернатор глава администрация
    """.split()  # noqa: SIM905  # a page of words reads better than a page of quotes
)
_GREETING = re.compile(
    r"^\s*(?:уважаем\w+|здравствуйте|добр(?:ый|ое|ого)\s+\w+)[^.!\n]{0,120}[.!\n]", re.IGNORECASE
)


def normal(text: str) -> str:
    return text.lower().replace("ё", "е")


def split(text: str) -> list[str]:
    """Words in order, numbers among them."""
    return _WORD.findall(normal(text))


def retyped(text: str) -> str:
    """What a person meant who forgot to switch the keyboard to Russian."""
    return text.lower().translate(_LAYOUT)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    # The stemmer keeps state while it works, so each call has its own.
    return str(snowballstemmer.stemmer("russian").stemWord(word))


def without_greeting(text: str) -> str:
    return _GREETING.sub(" ", text, count=1)


def stems(text: str) -> list[str]:
    """The stems of the words that can say what a text is about, in order."""
    return [stem(word) for word in content_words(text)]


def content_words(text: str) -> list[str]:
    """The words of an appeal that can say what it is about: no filler, no numbers."""
    return [
        word
        for word in split(text)
        if len(word) > 2 and word not in STOPWORDS and not word.isdigit()
    ]
