"""Whether other programs want the processor that this one works on."""

from pathlib import Path

#: Of the time a process ran, so much it may wait for a processor before that is a crowd.
MUCH = 0.25
#: In a crowd it stands aside so many times as long as it ran, within these seconds.
TIMES, LEAST, MOST = 10, 1.0, 5.0
#: Nanoseconds that this process, its first thread, ran and waited for a processor. Linux tells it.
TOLD = Path("/proc/self/schedstat")


class Crowd:
    """What has become of the processor since it was last asked about."""

    def __init__(self) -> None:
        self._ran, self._waited = _spent()

    def rest(self) -> float:
        """Seconds to stand aside; none where nobody presses, or where that is not told."""
        before = self._ran, self._waited
        self._ran, self._waited = _spent()
        ran, waited = self._ran - before[0], self._waited - before[1]
        if waited <= MUCH * ran:
            return 0.0
        return min(max(LEAST, TIMES * ran / 1e9), MOST)


def _spent() -> tuple[int, int]:
    if not TOLD.exists():
        return 0, 0
    ran, waited, _times = TOLD.read_text().split()
    return int(ran), int(waited)
