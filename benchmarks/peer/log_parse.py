"""The parse that the peers of the access log share: DuckDB's own reader takes the lines apart at blanks and quotes, SQL does the rest.

The reader is told everything it could have to guess; a regular expression over whole lines takes DuckDB several times as long.
"""

from __future__ import annotations

EVENTS = r"""
WITH line AS (
    SELECT person, day || zone AS moment, split_part(request, ' ', 1) AS method, split_part(split_part(request, ' ', 2), '?', 1) AS path, status
    FROM read_csv('{path}', delim = ' ', quote = '"', escape = '\', header = false, auto_detect = false, columns = {{
        'address': 'VARCHAR', 'identity': 'VARCHAR', 'person': 'VARCHAR', 'day': 'VARCHAR', 'zone': 'VARCHAR', 'request': 'VARCHAR',
        'status': 'VARCHAR', 'bytes': 'VARCHAR', 'referer': 'VARCHAR', 'agent': 'VARCHAR'}})
),
event AS (
    SELECT person AS account_key, moment,
        CASE WHEN method = 'POST' AND path = '/qlvb/dang-nhap' THEN CASE WHEN status = '302' THEN 'login' ELSE 'login_failed' END
            WHEN starts_with(path, '/static/') THEN NULL
            WHEN method = 'POST' AND regexp_full_match(path, '/qlvb/van-ban/\d+/xu-ly') THEN 'process'
            WHEN method = 'POST' AND regexp_full_match(path, '/qlvb/van-ban/\d+/ky-so') THEN 'sign'
            WHEN method = 'GET' AND regexp_full_match(path, '/qlvb/van-ban/\d+') THEN 'view' END AS kind
    FROM line
)
SELECT account_key, strptime(moment, '[%d/%b/%Y:%H:%M:%S%z]') AS occurred_at, kind FROM event WHERE kind IS NOT NULL
"""

ACCOUNT_DAY = """
CREATE TABLE account_day AS
SELECT account_key, CAST(timezone('Asia/Ho_Chi_Minh', occurred_at) AS DATE) AS day_on, bool_or(kind = 'login') AS has_logged_in,
    bool_or(kind IN ('process', 'sign')) AS has_processed, bool_or(kind = 'sign') AS has_signed
FROM ({events}) WHERE kind IN ('login', 'process', 'sign')
GROUP BY account_key, day_on
"""

COUNTED = "SELECT count(*), count(*) FILTER (has_logged_in), count(*) FILTER (has_processed), count(*) FILTER (has_signed) FROM account_day"
