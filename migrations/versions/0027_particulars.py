"""Fields of the card beside registration."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TEXTS = {
    "letter_number": 100,
    "applicant_status": 20,
    "social_status": 20,
    "postcode": 10,
    "region": 120,
    "district": 120,
    "settlement": 120,
    "street": 160,
    "house": 20,
    "building": 20,
    "flat": 20,
    "fias": 40,
    "subtype": 10,
    "coordinates": 60,
    "control": 10,
}


def upgrade():
    op.create_table(
        "appeal_particulars",
        sa.Column("appeal_id", sa.Integer, sa.ForeignKey("appeal.id"), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String(size), nullable=False) for name, size in TEXTS.items()),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("damage", "proxy", "control_off_ground")
        ),
        *(sa.Column(name, sa.JSON, nullable=False) for name in ("benefits", "marks")),
        *(
            sa.Column(name, sa.Integer)
            for name in ("sheets", "enclosure_sheets", "copies", "signatures")
        ),
        *(
            sa.Column(name, sa.Date)
            for name in ("letter_date", "postmarked_on", "reported_on", "control_off_on")
        ),
        *(
            sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())
            for name in ("result_asked", "envelope")
        ),
        sa.Column("control_off_by", sa.String(100)),
    )
    with op.batch_alter_table("appeal_question") as table:
        table.add_column(sa.Column("note", sa.Text, nullable=False, server_default=""))
        table.add_column(sa.Column("jurisdiction", sa.String(20), nullable=False, server_default=""))
        table.add_column(sa.Column("competence", sa.Text, nullable=False, server_default=""))
        table.add_column(sa.Column("executor", sa.String(100), nullable=False, server_default=""))
        table.add_column(sa.Column("route", sa.String(20), nullable=False, server_default=""))
        table.add_column(sa.Column("solved", sa.String(10), nullable=False, server_default=""))
        table.add_column(sa.Column("solved_on", sa.Date))


def downgrade():
    with op.batch_alter_table("appeal_question") as table:
        for name in (
            *("note", "jurisdiction", "competence", "executor"),
            *("route", "solved", "solved_on"),
        ):
            table.drop_column(name)
    op.drop_table("appeal_particulars")
