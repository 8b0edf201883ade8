"""Watch the pages of a test: an error in the console, a refused resource, a broken script."""

# The browser tells the page of a violated policy; the page tells us through the console.
TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


class Watch:
    """Collects `troubles`, a sentence each, of every context it follows."""

    def __init__(self):
        self.troubles = []

    def follow(self, context):
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self._note(error.page, f"script: {error.error}"))
        context.on("response", self._answered)

    def _heard(self, message):
        # A refused form is a page with status 422, which Chromium reports like a missing
        # picture: answers are judged by their status below.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self._note(message.page, f"console: {message.text}")

    def _answered(self, response):
        request = response.request
        # A form that a script sends is refused like one that the browser sends.
        form = request.is_navigation_request() or (
            request.method == "POST" and response.status in (409, 412, 422)
        )
        if response.status >= (500 if form else 400):
            self.troubles.append(f"{response.status} {response.request.method} {response.url}")

    def _note(self, page, text):
        self.troubles.append(f"{page.url if page else '?'}: {text}")
