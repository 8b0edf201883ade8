"""Processor time of this process, of what it starts, and of the workshop it shares."""

import os
import resource
from pathlib import Path


def cpu() -> float:
    """Seconds until now; of children that still run, the workshop, to a hundredth."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(one) for one in kinds]
    running = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return sum(one.ru_utime + one.ru_stime for one in used) + sum(map(_of, running))


def _of(pid: str) -> float:
    """What a child has used, and its own children that have ended."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, told[11:15])) / os.sysconf("SC_CLK_TCK")
