"""Files read as paragraphs, tables and numbers, each with its place; no indicator is known here."""
