"""So sánh đơn vị: `page` puts it together; beside it its panels and charts."""
