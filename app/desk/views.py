"""The pages of the desk, each in a module of its own."""

from app.desk import appeals, assignments, figures, inbox, intake, letters, tasks, uploads

PAGES = tuple(
    page.register
    for page in (inbox, tasks, appeals, intake, assignments, letters, figures, uploads)
)
