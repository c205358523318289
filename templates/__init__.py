"""Cards, Markdown and the catalogue of texts."""
