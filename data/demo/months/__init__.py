"""What happens in the sample, month by month: logins, actions, documents, signatures, deliveries, and what is wrong with them on purpose."""
