"""The pages of the desk, each in a module of its own."""

from app.desk import (
    appeals,
    assignments,
    bulk,
    campaigns,
    circle,
    due,
    figures,
    inbox,
    intake,
    journals,
    keeping,
    letters,
    linking,
    notes,
    papers,
    particulars,
    previewing,
    publishing,
    replying,
    substitutions,
    tasks,
    uploads,
)

PAGES = tuple(
    page.register
    for page in (
        inbox,
        bulk,
        tasks,
        appeals,
        intake,
        assignments,
        due,
        letters,
        figures,
        journals,
        uploads,
        campaigns,
        keeping,
        publishing,
        particulars,
        notes,
        substitutions,
        linking,
        previewing,
        papers,
        circle,
        replying,
    )
)
