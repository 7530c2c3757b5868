"""Alembic runs the migrations of the centre store on the connection that the opener hands it."""

from alembic import context

from kiosk.store.every_table import centre

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=centre,
    version_table="schema_version",
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
