"""Source kind `database`: any SQLAlchemy URL.

`postgres` is the fast way of PostgreSQL, `sqlite` what SQLite alone needs, `cursor` where a run goes on."""
