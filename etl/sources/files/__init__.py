"""Source kind `files`: workbooks, CSV, JSON Lines and Parquet by glob.

`formats` is the table of file formats; `titles` and `encodings` serve them."""
