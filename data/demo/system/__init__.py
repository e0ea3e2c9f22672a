"""What the sample leaves behind: the vendor's database, the web server's log, axis messages and the workbooks of declarations."""
