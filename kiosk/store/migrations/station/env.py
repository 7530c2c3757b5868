"""Alembic runs the migrations of the station store on the connection that the opener hands it."""

from alembic import context

from kiosk.store.every_table import station

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=station,
    version_table="schema_version",
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
