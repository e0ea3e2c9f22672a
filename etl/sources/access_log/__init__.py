"""Source kind `access_log`: `lines` reads blocks of whole lines, `log_format` understands formats, `parser` takes lines apart, `rules` says what a
request means, and `events` puts them together.
"""
