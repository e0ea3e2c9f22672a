"""What people write into a report themselves: sentences in place of the written ones, and the department's own words."""
