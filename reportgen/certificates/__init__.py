"""Certificates by the thousand: each *shape* is laid out once, and a person's file is made from its bytes.

    recipients ── planning ──> Plan(shapes, jobs, problems)          in one process, with WeasyPrint
    jobs + shapes ── finishing ──> Finished(content, sha256, page)   anywhere, without it
    pages ── printrun ──> one PDF of all, in list order

`shapes` lays a certificate out with its lines empty and keeps the finished file as bytes with holes;
`faces` shapes words and cuts faces; `objects` writes PDF objects; `codes` draws the QR code.
"""
