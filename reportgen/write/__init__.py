"""Writing: a document becomes the bytes of a format; no kind of publication is known here."""
