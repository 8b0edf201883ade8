"""Pages of the analyst: move what runs on one version to another, watch it, take it back."""

from collections import Counter
from dataclasses import dataclass
from math import ceil

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.web import needs
from app.errors import Conflict
from app.extensions import gettext as _
from app.studio import services
from app.studio.blueprint import PAGE, actor, bp, page_number
from app.workflow import migration_records, migrations, versions

see_processes = needs("analyst", "administrator")
change_processes = needs("analyst")

MOST = 1000  # instances looked at while somebody waits for the page


@dataclass(frozen=True)
class Page:
    """Where a long list is open."""

    page: int
    total: int
    size: int = PAGE

    @property
    def pages(self) -> int:
        return max(1, ceil(self.total / self.size))

    @property
    def first(self) -> int:
        return (self.page - 1) * self.size


@dataclass(frozen=True)
class Preview:
    """Which instances can go over and which cannot, with the reasons counted."""

    can: tuple[migration_records.Moved, ...]
    cannot: tuple[migration_records.Moved, ...]
    running: int

    @property
    def reasons(self) -> list[tuple[str, int]]:
        return Counter(line.reason for line in self.cannot).most_common()

    @property
    def partial(self) -> bool:
        """Whether more is running than was looked at."""
        return len(self.can) + len(self.cannot) < self.running


@bp.get("/versions/<int:version_id>/move")
@change_processes
def plan_move(version_id: int) -> ResponseReturnValue:
    source = services.version(version_id)
    others = [one for one in versions.versions() if one.id != version_id]
    target = _target(others)
    preview = _preview(source, target.id) if target is not None else None
    shown: tuple[migration_records.Moved, ...] = ()
    show = request.args.get("show", "")
    page = Page(1, 0)
    if preview is not None:
        if show not in ("can", "cannot"):
            show = "cannot" if preview.cannot else "can"
        chosen = preview.can if show == "can" else preview.cannot
        page = Page(min(page_number(), Page(1, len(chosen)).pages), len(chosen))
        shown = chosen[page.first : page.first + page.size]
    return render_template(
        "studio/move.html",
        version=source,
        others=others,
        target=target,
        preview=preview,
        show=show,
        page=page,
        lines=shown,
        standing=migration_records.standing([line.instance for line in shown]),
        most=MOST,
    )


def _target(others: list[versions.VersionView]) -> versions.VersionView | None:
    asked = request.args.get("to", "")
    chosen = [one for one in others if str(one.id) == asked]
    if asked and not chosen:
        abort(404)
    return next(iter([*chosen, *(one for one in others if one.active), *others]), None)


def _preview(source: versions.VersionView, target: int) -> Preview:
    lines = list(migrations.preview(source.id, target, at_most=MOST))
    return Preview(
        tuple(line for line in lines if line.can),
        tuple(line for line in lines if not line.can),
        migrations.running(source.id),
    )


@bp.post("/versions/<int:version_id>/move")
@change_processes
def move(version_id: int) -> ResponseReturnValue:
    instance = request.form.get("instance", type=int)
    target = request.form.get("to", type=int)
    if target is None:
        raise Conflict(_("Say which version to move to."))
    migration = migrations.begin(
        version_id, target, instance=instance, actor=actor(), later=instance is None
    )
    if instance is not None:
        while migrations.carry_on(migration) is not None:
            pass
    return redirect(url_for("studio.show_migration", migration=migration), 303)


@bp.get("/migrations/<migration>")
@see_processes
def show_migration(migration: str) -> ResponseReturnValue:
    progress = migration_records.progress(migration)
    stayed = progress.counts["stayed"] + progress.counts["kept"]
    went = progress.counts["undone" if progress.undo_begun_at else "moved"]
    show = request.args.get("show", "")
    if show not in ("done", "left"):
        show = "left" if stayed else "done"
    total = stayed if show == "left" else went
    page = Page(min(page_number(), Page(1, total).pages), total)
    lines = migration_records.lines(
        migration, can=show == "done", offset=page.first, limit=page.size
    )
    return render_template(
        "studio/migration.html",
        progress=progress,
        version=services.version(progress.source),
        show=show,
        page=page,
        lines=lines,
        standing=migration_records.standing([line.instance for line in lines]),
        counts={"done": went, "left": stayed},
    )


@bp.post("/migrations/<migration>/undo")
@change_processes
def undo_migration(migration: str) -> ResponseReturnValue:
    migrations.begin_undo(migration, actor=actor(), later=True)
    return redirect(url_for("studio.show_migration", migration=migration), 303)
