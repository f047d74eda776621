"""The engine that reads and counts: DuckDB, in process."""

import ibis
from ibis.backends.duckdb import Backend


def connect() -> Backend:
    """Open an empty database in memory; it draws no progress bar into what a command prints."""
    con = ibis.duckdb.connect()
    con.raw_sql("SET enable_progress_bar = false")
    return con
