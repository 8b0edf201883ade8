"""What a web server or `flask --app wsgi` loads."""

from app import create_app

application = app = create_app()
