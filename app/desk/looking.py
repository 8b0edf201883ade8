"""Who looked at a card: personal data are not read without a trace."""

from datetime import timedelta

from app import clock
from app.appeals import services
from app.appeals.cards import CardView
from app.desk.blueprint import me

#: Going through the tabs of one card is one look.
ONE_LOOK = timedelta(minutes=30)


def note(card: CardView) -> None:
    """Write into the journal that the card was opened, once in a while for each person."""
    person, since = me(), clock.now() - ONE_LOOK
    recent = any(
        one.action == "card.opened" and one.actor == person.login and one.at > since
        for one in card.history
    )
    if not recent:
        services.card_opened(person, card.id)
