"""Văn bản: `page` puts it together; beside it its panels and charts."""
