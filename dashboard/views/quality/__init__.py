"""Chất lượng dữ liệu: `page` puts it together; beside it its panels and charts."""
