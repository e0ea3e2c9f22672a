"""What is done about a finding: alerts, the cases that they or people open, what came of them, and mails to those who asked for them."""
