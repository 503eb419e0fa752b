"""Whether a finished PDF uses the declared fonts alone: a face that nobody declared is a silent fallback."""

from __future__ import annotations

import io

from reportgen.model.errors import Place, RenderError, problem
from reportgen.read import fonts


def check_fonts(content: bytes, name: str) -> None:
    """RenderError when a face was used that is not declared."""
    if foreign := foreign_fonts(content):
        raise RenderError(problem(Place(name), "layout.fonts_are_not_declared_were", foreign=foreign))


def foreign_fonts(content: bytes) -> list[str]:
    """Names of fonts in the file that are not declared in `fonts.toml`."""
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        named = dict.fromkeys(
            str(item["/BaseFont"]).lstrip("/")
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font" and "/BaseFont" in item
        )
    allowed = fonts.allowed_base_fonts()
    bare = dict.fromkeys(name.partition("+")[2] or name for name in named)  # ABCDEF+Noto is a part of Noto
    return [name for name in bare if name not in allowed]
