"""The partner's business: statuses, filters, indicators, import and sync. Knows no chat."""
