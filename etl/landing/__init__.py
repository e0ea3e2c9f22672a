"""From a source to immutable batches on disk: what was fetched, by which key, from which file. The steps of a fetch, in order:

1. `fetch_source` opens a source and picks the way for each entity: everything, newer rows alone, or new files alone.
2. `fetch_rows` (of a database) or `fetch_files` (of files) asks the source for that much.
3. `masked_table` makes people's keys into `pseudonyms` and drops classified rows, before anything is written.
4. `entity_fetch` writes the rows as the next batch, with its manifest.
5. `changed_rows` compares newer rows with those that are landed; `file_register` notes which rows are from which file.
6. `batches` reads manifests, puts batches in force and adds up a chain of them; `schema_drift` reports columns that changed since the last run.
"""
