"""The official form and what fits a page: measures, type, tables, charts and slides."""
