"""Fire the timers that are due; one transaction an instance."""

from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

import engine
from app import clock
from app.database import reading, transaction
from app.errors import DomainError
from app.failures import kind_of
from app.workflow import bridge
from app.workflow.case import case_of
from app.workflow.models import RUNNING, Instance

log = structlog.get_logger(__name__)
BATCH = 50


def fire_due() -> int:
    """Fire what is due now, earliest first; how many instances moved."""
    with reading() as session:
        due = list(
            session.scalars(
                select(Instance.id)
                .where(Instance.status == RUNNING, Instance.next_due_at <= clock.now())
                .order_by(Instance.next_due_at, Instance.id)
                .limit(BATCH)
            )
        )
    return sum(fire(instance_id) for instance_id in due)


def fire(instance_id: int) -> int:
    """Fire the due timers of one instance, unless another process was faster.

    Whatever one instance trips over, the timers of the others go on.
    """
    try:
        return _fire(instance_id)
    except bridge.ProcessBroken as broken:
        log.warning("timer.broken", instance=instance_id, element=broken.row["element"])
    except (OperationalError, StaleDataError):
        # The database is away, or the row in other hands: it is due the next time too.
        log.warning("timer.failed", instance=instance_id, exc_info=True)
        return 0
    except (DomainError, SQLAlchemyError) as refusal:
        log.warning("timer.refused", instance=instance_id, exc_info=True)
        _stop(instance_id, refusal)
    return 1


def _fire(instance_id: int) -> int:
    with transaction() as session:
        found = case_of(session, instance_id)
        instance = found.instances[instance_id] if found else None
        if instance is None or instance.status != RUNNING or not _due(instance.next_due_at):
            return 0
        tick(session, instance)
    return 1


def _stop(instance_id: int, refusal: Exception) -> None:
    """Leave an incident: nobody is there to be told, and it would be refused every second."""
    reason = str(refusal) if isinstance(refusal, DomainError) else kind_of(refusal)
    with transaction() as session:
        instance = bridge.locked(session, instance_id)
        broken = bridge.ProcessBroken(instance, None, engine.Sentence(reason), {"move": "tick"})
        broken.write(session)


def tick(session: Session, instance: Instance) -> None:
    def move(diagrams: engine.VersionSet, port: engine.Operations) -> engine.Outcome:
        return engine.tick(diagrams, instance.state, operations=port, now=clock.now())

    bridge.run(session, instance, move, actor="system", told={"move": "tick"})


def next_due() -> datetime | None:
    """When the next timer of any running instance is due."""
    with reading() as session:
        return session.scalar(
            select(func.min(Instance.next_due_at)).where(Instance.status == RUNNING)
        )


def _due(moment: datetime | None) -> bool:
    return moment is not None and moment <= clock.now()
