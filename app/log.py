"""JSON lines on standard error; nothing a log reader may not see is ever bound to them."""

import logging
import sys
from typing import Any

import structlog

from app import failures
from app.config import Settings


class _Discreet(logging.Formatter):
    """What libraries log, with the same traces as our own lines."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  # the library's name
        return failures.trace(ei)


def configure(settings: Settings) -> None:
    """Write one JSON object a line; traces carry code, never what an error says of its values."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_Discreet(logging.BASIC_FORMAT))
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(failures.trace),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
