"""What a report is written from, one subject a file, each upon the one before: units, sentences, checks, figures."""
