-- Days off, and days of the weekend that are worked.
SELECT * FROM canonical.day_off
