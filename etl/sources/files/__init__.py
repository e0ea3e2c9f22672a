"""Source kind `files`: workbooks, CSV, JSON Lines and Parquet by glob.

`titles`, `encodings` and `packed` serve the formats, `seen_files` tells what is new."""
