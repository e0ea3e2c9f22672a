"""Từ điển chỉ số: `page` puts it together; beside it its panels and charts."""
