"""Who is in the sample: units, their tree before and after 1 July 2025, and the accounts of their people."""
