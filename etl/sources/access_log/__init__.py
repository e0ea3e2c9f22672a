"""Source kind `access_log`: `lines` reads blocks, `log_format` understands formats, `parser` takes lines apart, `rules` says what a request means,
`accounts` whose it was, and `events` puts them together.
"""
