"""What gunicorn does besides what the Procfile says; it reads this file by its name."""

from typing import Any

#: Requests that one connection brings to a process before it is closed, and opened anew by
#: whichever process is free. A connection stays with the process that took it: without this, what
#: was opened while one of them was still starting would leave it idle until everybody is served.
REQUESTS_OF_A_CONNECTION = 25


def pre_request(_worker: Any, request: Any) -> None:
    if request.req_number >= REQUESTS_OF_A_CONNECTION:
        request.force_close()
