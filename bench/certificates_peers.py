"""The contenders of bench/certificates.py, each called in a process of its own; prints its seconds as JSON.

reportgen N JOBS OUT [run]  a file each (and the print run): plan, workers, files on the disk
printrun N JOBS OUT      this program's print run alone
weasyprint N OUT         WeasyPrint in a loop as anyone would write it
typst N OUT              Typst, one compiler kept warm, a compile each, PDF/A-3a
typst2 N OUT             the same in two processes
typst_one N OUT          Typst, one document of N pages, PDF/A-3a
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

BEGAN = time.perf_counter()
CHUNK = 20


def tell(**seconds: float) -> None:
    """`seconds` are of the files alone, `whole` since the process began to run its own code."""
    print(json.dumps({**seconds, "whole": time.perf_counter() - BEGAN}))


# ---- this program ---------------------------------------------------------------------------------------


def ready() -> None:
    import uharfbuzz  # noqa: F401
    import zxingcpp  # noqa: F401

    from reportgen.write.certificates import finishing  # noqa: F401


def chunks(plan: Any) -> Iterator[Any]:
    jobs = iter(plan.jobs)
    while chunk := tuple(islice(jobs, CHUNK)):
        yield chunk, plan.wanted(chunk)


def work(chunk: Any) -> Any:
    from reportgen.write import certificates

    return certificates.finish(*chunk)


def pieces(chunk: Any) -> Any:
    from reportgen.write import certificates

    jobs, shapes = chunk
    return [certificates.piece(job, shapes[job.shape]) for job in jobs]


def workers(number: int) -> ProcessPoolExecutor | None:
    """They import while the shape is laid out."""
    if number == 1:
        return None
    pool = ProcessPoolExecutor(number, mp_context=multiprocessing.get_context("spawn"))
    for _ in range(number):
        pool.submit(ready)
    return pool


def reportgen(count: str, jobs: str, out: str, whole: str = "") -> None:
    folder = Path(out)
    folder.mkdir(parents=True)
    pool = workers(int(jobs))
    from certificate_people import DATED, page, payload, people, style

    from reportgen.write import certificates

    everyone = people(int(count), long=False)
    css = style()
    planner = certificates.Planner(page("both", css), css, "both", DATED, payload)
    planner.plan(everyone[:1])  # the shape is laid out and the faces are open, as in a warm Typst
    if pool:
        pool.submit(ready).result()
    warm = time.perf_counter()
    plan = planner.plan(everyone)
    with contextlib.ExitStack() as stack:
        run = None
        if whole:
            run = stack.enter_context(
                certificates.PrintRun(folder / "run.pdf", plan.shapes, "獎狀 Certificates")
            )
        for done in in_order(pool, work, plan):
            certificates.write_together(folder, {one.file: one.content for one in done})
            for one in done if run else ():
                run.add(one.page)
    tell(seconds=time.perf_counter() - warm)
    if pool:
        pool.shutdown()


def in_order(pool: ProcessPoolExecutor | None, work: Callable[[Any], Any], plan: Any) -> Iterator[Any]:
    if pool is None:
        yield from map(work, chunks(plan))
        return
    waiting: deque[Any] = deque()
    for chunk in chunks(plan):
        waiting.append(pool.submit(work, chunk))
        if len(waiting) == 6:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def printrun(count: str, jobs: str, out: str) -> None:
    pool = workers(int(jobs))
    from certificate_people import DATED, page, payload, people, style

    from reportgen.write import certificates

    everyone = people(int(count), long=False)
    css = style()
    planner = certificates.Planner(page("both", css), css, "both", DATED, payload)
    Path(out).mkdir(parents=True)
    planner.plan(everyone[:1])
    if pool:
        pool.submit(ready).result()
    warm = time.perf_counter()
    plan = planner.plan(everyone)
    with certificates.PrintRun(Path(out, "run.pdf"), plan.shapes, "獎狀 Certificates") as run:
        for done in in_order(pool, pieces, plan):
            for one in done:
                run.add(one)
    tell(seconds=time.perf_counter() - warm)
    if pool:
        pool.shutdown()


# ---- WeasyPrint -------------------------------------------------------------------------------------------


def weasyprint(count: str, out: str) -> None:
    from certificate_people import page, payload, people, style

    from reportgen.read import fonts
    from reportgen.write import codes, html

    fonts.activate()
    import weasyprint as engine

    css = style()
    of_page = page("both", css)
    Path(out).mkdir(parents=True)
    warm = time.perf_counter()
    for one in people(int(count), long=False):
        code = html.data_uri(codes.svg(payload(one, "0123456789abcdef")))
        markup = of_page(one.certificate, one.title, (code, "QR code"))
        sheet = engine.CSS(string=css)
        engine.HTML(string=markup).write_pdf(
            str(Path(out, one.file)), stylesheets=[sheet], pdf_variant="pdf/a-3a"
        )
    tell(seconds=time.perf_counter() - warm)


# ---- Typst ------------------------------------------------------------------------------------------------

# The same faces, sizes and texts and a frame of as many lines; no QR code, no record inside, no identifier.
TYPST = """#set page(width: 297mm, height: 210mm, margin: 0mm, background: {
  let ink = rgb("#0f3d5e")
  place(dx: 10mm, dy: 10mm, rect(width: 277mm, height: 190mm, stroke: 0.9mm + ink))
  place(dx: 11.5mm, dy: 11.5mm, rect(width: 274mm, height: 187mm, stroke: 0.22mm + ink))
  place(dx: 16mm, dy: 16mm, rect(width: 265mm, height: 178mm, stroke: 0.22mm + ink))
  for (x, y, a, b) in ((13mm, 13mm, 1, 1), (284mm, 13mm, -1, 1), (284mm, 197mm, -1, -1), (13mm, 197mm, 1, -1)) {
    place(dx: x, dy: y, curve(stroke: 0.42mm + ink, curve.move((0mm, b * 9mm)), curve.line((0mm, 0mm)),
      curve.line((a * 9mm, 0mm)), curve.line((a * 9mm, b * 3mm)), curve.line((a * 3mm, b * 3mm)), curve.line((a * 3mm, b * 9mm))))
  }
})
#set text(font: "TW-Kai", lang: "zh", region: "TW", fill: rgb("#16222e"))
#let en(size, body) = text(font: "Noto Serif CJK TC", lang: "en", size: size, fill: rgb("#4b5a68"), body)
#let certificate(one) = {
  place(dx: 24mm, dy: 21mm, text(size: 9pt, fill: rgb("#b8431a"))[示範資料 Sample data])
  place(top + right, dx: -24mm, dy: 21mm, text(size: 9.5pt, one.serial))
  set align(center)
  v(26mm)
  heading(level: 1, text(size: 46pt, weight: 400, tracking: 0.55em)[獎狀])
  en(14pt)[Certificate of Award]
  v(4mm)
  text(size: 18pt, one.post); parbreak(); en(11.5pt, one.post_en)
  v(3mm)
  text(size: 38pt, tracking: 0.22em, one.name); parbreak(); en(17pt, one.name_en)
  v(5mm)
  block(width: 209mm, text(size: 18pt, one.citation)); block(width: 209mm, en(11pt, one.citation_en))
  place(dx: 163mm, dy: 6mm, block(width: 98mm)[#text(size: 16pt)[範例機關]\\ #en(9.5pt)[Sample Agency]\\
    #text(size: 16pt)[署長] #text(size: 24pt)[林示範]\\ #en(9.5pt)[Director-General Lin Shih-fan]])
  place(bottom + center, dy: -20mm, text(size: 15pt, tracking: 0.3em)[中華民國一百零三年一月二十日])
  place(bottom + center, dy: -15mm, en(9.5pt)[20 January 2014])
}
"""
ONE = (
    TYPST
    + """#let one = json(bytes(sys.inputs.one))
#set document(title: one.title, author: "Sample Agency", date: datetime(year: 2014, month: 1, day: 20))
#certificate(one)
"""
)
ALL = (
    TYPST
    + """#set document(title: "獎狀", author: "Sample Agency", date: datetime(year: 2014, month: 1, day: 20))
#for (place, one) in json("everyone.json").enumerate() { if place > 0 { pagebreak() }; certificate(one) }
"""
)


def said(count: int) -> list[dict[str, str]]:
    from certificate_people import people

    return [
        {
            "file": one.file,
            "title": f"{one.title.zh} {one.title.en}",
            "serial": one.serial,
            "post": one.certificate.fields[1].text.zh,
            "post_en": one.certificate.fields[1].text.en,
            "name": one.certificate.fields[2].text.zh,
            "name_en": one.certificate.fields[2].text.en,
            "citation": str(one.certificate.citation[0].zh[0]),
            "citation_en": str(one.certificate.citation[0].en[0]),
        }
        for one in people(count, long=False)
    ]


def faces() -> list[str]:
    from reportgen.read import fonts

    return [str(fonts.font_folder() / "faces")]


def compiled(folder: Path, everyone: list[dict[str, str]]) -> float:
    """Seconds after the first file, which has loaded the faces."""
    import typst as engine

    source = folder / f"one-{os.getpid()}.typ"
    source.write_text(ONE, "utf-8")
    compiler = engine.Compiler(str(source), font_paths=faces(), ignore_system_fonts=True)
    warm = 0.0
    for place, one in enumerate(everyone):
        compiler.compile(
            output=str(folder / one["file"]),
            sys_inputs={"one": json.dumps(one, ensure_ascii=False)},
            pdf_standards=["a-3a"],
        )
        if place == 0:
            warm = time.perf_counter()
    return time.perf_counter() - warm


def typst(count: str, out: str) -> None:
    Path(out).mkdir(parents=True)
    tell(seconds=compiled(Path(out), said(int(count))))


def typst2(count: str, out: str) -> None:
    Path(out).mkdir(parents=True)
    everyone = said(int(count))
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        halves = [pool.submit(compiled, Path(out), everyone[start::2]) for start in (0, 1)]
        tell(seconds=max(half.result() for half in halves))


def typst_one(count: str, out: str) -> None:
    import typst as engine

    Path(out).mkdir(parents=True)
    Path(out, "everyone.json").write_text(json.dumps(said(int(count)), ensure_ascii=False), "utf-8")
    Path(out, "all.typ").write_text(ALL, "utf-8")
    first = json.dumps(said(1), ensure_ascii=False)
    warm_up = Path(out, "first")
    warm_up.mkdir()
    (warm_up / "everyone.json").write_text(first, "utf-8")
    (warm_up / "all.typ").write_text(ALL, "utf-8")
    compiler = engine.Compiler(
        str(warm_up / "all.typ"), root=out, font_paths=faces(), ignore_system_fonts=True
    )
    compiler.compile(output=str(warm_up / "first.pdf"), pdf_standards=["a-3a"])
    warm = time.perf_counter()
    compiler.compile(
        input=str(Path(out, "all.typ")), output=str(Path(out, "run.pdf")), pdf_standards=["a-3a"]
    )
    tell(seconds=time.perf_counter() - warm)


if __name__ == "__main__":
    contenders = (reportgen, printrun, weasyprint, typst, typst2, typst_one)
    {one.__name__: one for one in contenders}[sys.argv[1]](*sys.argv[2:])
