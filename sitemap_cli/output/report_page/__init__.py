"""A report as one HTML page that works offline: words, figures, templates, style and script."""
