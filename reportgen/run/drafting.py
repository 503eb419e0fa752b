"""A composed document with what its writer needs beside it."""

from __future__ import annotations

from dataclasses import replace

from reportgen.kinds.material import Material
from reportgen.model import Document, formats
from reportgen.model.job import Job
from reportgen.read.theme import Theme
from reportgen.write.draft import Draft
from reportgen.write.html import Design


def drafted(job: Job, material: Material, document: Document, theme: Theme) -> Draft:
    """The draft of a document; an issue date that was given stands for the publication's own."""
    if job.issued:
        document = replace(document, issued=formats.roc_date(job.issued))
    return Draft(
        job=job,
        document=document,
        publication=material.publication,
        registry=material.registry,
        glossary=material.glossary.file,
        design=Design(project=job.project, edition=job.edition, theme=theme, words=material.words),
    )
