"""The editor's texts in other languages."""
