"""The picture of an archived panel against ours: laid one on the other, then likened square by square.

A scan lies a little askew, shifted and in another size: scale, rotation and shift are found first. The verdict and the heat
map come from SSIM on luminance. It says alike or not; whether a bar is 1 % too high is for the figures to say.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.compute.comparison.model import Axis, Difference
from reportgen.model import toml
from reportgen.model.errors import InputError, Place, UsageError, problem
from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.read.pictures import whole_pictures

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image as Picture
    from skimage.transform import SimilarityTransform

    Grey = NDArray[np.float64]

MAX_PIXELS = 170_000_000  # a roll-up of 60 × 160 cm at 300 dpi has 134 million
SEED = 20151231  # of the samples that RANSAC draws: any number, always the same
MOST_DIFFERENT = 20  # squares that are listed; the heat map shows all


@dataclass(frozen=True, kw_only=True)
class Limits:
    """See `limits.toml`."""

    working_pixels: int
    blur_pixels: float
    least_similarity: float
    block_pixels: int
    least_block: float
    most_dissimilar: float
    least_overlap: float
    heat: str


@cache
def read_limits() -> Limits:
    declared = toml.parse(Path(__file__).with_name("limits.toml").read_text("utf-8"))
    plain: dict[str, toml.Raw] = {
        key: float(value) if isinstance(value, Decimal) else value for key, value in declared.items()
    }
    return Limits(**plain)


@dataclass(frozen=True)
class Placed:
    """How the archived picture was laid on ours: scale (1: the sheets are as large), degrees, shift as share of our sides."""

    scale: float
    degrees: float
    shift_x: float
    shift_y: float


# ---- reading ---------------------------------------------------------------------------------------------


def raster(content: bytes, name: str, working_pixels: int) -> Grey:
    """Luminance 0..1 of the first page or picture, its longer side `working_pixels`. InputError when it cannot be read."""
    import numpy as np

    picture = (
        _page(content, name, working_pixels)
        if content[:1024].lstrip().startswith(b"%PDF")
        else _image(content, name)
    )
    factor = working_pixels / max(picture.size)
    size = max(1, round(picture.width * factor)), max(1, round(picture.height * factor))
    from PIL import Image

    return np.asarray(picture.convert("L").resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)) / 255.0


def _page(content: bytes, name: str, working_pixels: int) -> Picture:
    """The trimmed page: bleed and crop marks are no part of the panel."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(content) as document:
            page = document[0]
            page.set_cropbox(*page.get_trimbox())
            width, height = page.get_size()
            picture: Picture = page.render(scale=2 * working_pixels / max(width, height)).to_pil()
            return picture
    except (pypdfium2.PdfiumError, ValueError, ZeroDivisionError) as error:
        raise InputError(problem(Place(name), "comparison.is_no_readable_pdf", error=error)) from None


def _image(content: bytes, name: str) -> Picture:
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with whole_pictures(), warnings.catch_warnings():
            # Our own limit is above the size at which Pillow begins to warn, and below the one where it refuses.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF")) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise Image.DecompressionBombError
                picture.load()
                upright = ImageOps.exif_transpose(picture)
                if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
                    ground = Image.new("RGBA", upright.size, "white")
                    upright = Image.alpha_composite(ground, upright.convert("RGBA"))
                if upright.mode.startswith("I;16") or upright.mode == "I":
                    upright = upright.point(lambda part: part / 257).convert("L")
                return upright.convert("L")
    except Image.DecompressionBombError:
        most = MAX_PIXELS // 1_000_000
        raise InputError(problem(Place(name), "comparison.has_more_than_million_pixels", most=most)) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        what = "cannot identify it" if isinstance(error, UnidentifiedImageError) else str(error)
        raise InputError(problem(Place(name), "comparison.is_no_readable_png_jpeg", what=what)) from None


# ---- comparing -------------------------------------------------------------------------------------------


def compare_pictures(ours: Grey, archived: Grey, limits: Limits) -> tuple[Axis, bytes]:
    """The axis, and the heat map as PNG: what is unlike in colour over a pale copy of our picture.

    UsageError where the packages of the extra `compare` are not installed.
    """
    if find_spec("skimage") is None:
        raise UsageError(problem(Place("compare"), "comparison.needs_extra"))
    placed, laid, covered = _registered(ours, archived, limits)
    local = _likeness(ours, laid, limits)
    overlap = float(covered.mean())
    similarity = float(local[covered].mean()) if covered.any() else 0.0
    squares = list(_squares(local, covered, limits))
    unlike = [square for square in squares if square[2] < limits.least_block]
    share = len(unlike) / len(squares) if squares else 1.0
    different = (
        similarity < limits.least_similarity
        or share > limits.most_dissimilar
        or overlap < limits.least_overlap
    )
    height, width = ours.shape
    figures = {
        "similarity": round(similarity, 4),
        "dissimilar_area": round(100 * share, 2),
        "overlap": round(100 * overlap, 1),
        "scale": round(placed.scale, 4),
        "rotation_degrees": round(placed.degrees, 2) + 0.0,
        "shift_x_percent": round(100 * placed.shift_x, 2) + 0.0,
        "shift_y_percent": round(100 * placed.shift_y, 2) + 0.0,
    }
    differences = tuple(_differences(unlike, width, height, overlap, limits)) if different else ()
    axis = Axis("different" if different else "equal", figures, differences)
    return axis, _heat_map(ours, local, covered, limits)


def _differences(
    unlike: list[tuple[int, int, float]], width: int, height: int, overlap: float, limits: Limits
) -> Iterator[Difference]:
    if overlap < limits.least_overlap:
        percent = f"{100 * overlap:.0f} %"
        yield Difference(
            message("comparison.whole"), message("comparison.original_covers_only", percent=percent)
        )
    for x, y, alike in sorted(unlike, key=lambda square: square[2])[:MOST_DIFFERENT]:
        left, down = f"{100 * x / width:.0f} %", f"{100 * y / height:.0f} %"
        yield Difference(
            message("comparison.from_left_from_top", left=left, down=down),
            message("comparison.another_picture_similarity", alike=alike),
        )
    if not unlike:
        yield Difference(message("comparison.whole"), message("comparison.is_not_alike_enough_whole"))


def _likeness(ours: Grey, other: Grey, limits: Limits) -> Grey:
    import numpy as np
    from scipy.ndimage import gaussian_filter
    from skimage.metrics import structural_similarity

    one, two = (gaussian_filter(picture, limits.blur_pixels) for picture in (ours, other))
    _, local = structural_similarity(
        one, two, data_range=1.0, full=True, gaussian_weights=True, use_sample_covariance=False
    )
    return np.asarray(local, np.float64)


def _squares(local: Grey, covered: NDArray[np.bool_], limits: Limits) -> Iterator[tuple[int, int, float]]:
    """Middle of each square that is covered by half at least, and its mean likeness."""
    side = limits.block_pixels
    height, width = local.shape
    for y in range(0, height, side):
        for x in range(0, width, side):
            part = covered[y : y + side, x : x + side]
            if part.mean() >= 0.5:
                yield x + side // 2, y + side // 2, float(local[y : y + side, x : x + side][part].mean())


def _registered(ours: Grey, archived: Grey, limits: Limits) -> tuple[Placed, Grey, NDArray[np.bool_]]:
    """The archived picture laid on ours, by whichever way makes them most alike: as it is, shifted, or turned and scaled.

    Features find the turn of a scan; where a picture has too few of them, it is only shifted.
    """
    from skimage.transform import SimilarityTransform

    height, width = ours.shape
    plain = SimilarityTransform(scale=(width / archived.shape[1] + height / archived.shape[0]) / 2)
    ways = [plain]
    if (turned := _turned(ours, archived)) is not None:
        ways.append(turned)
    ways += [_shifted(ours, archived, way) for way in tuple(ways)]
    tried = [(way, *_laid(ours, archived, way)) for way in ways]

    def alike(one: tuple[SimilarityTransform, Grey, NDArray[np.bool_]]) -> float:
        _, picture, covered = one
        share = float(covered.mean())
        return share * float(_likeness(ours, picture, limits)[covered].mean()) if share else -1.0

    way, picture, covered = max(tried, key=alike)
    placed = Placed(
        float(way.scale) / float(plain.scale),
        math.degrees(float(way.rotation)),
        float(way.translation[0]) / width,
        float(way.translation[1]) / height,
    )
    return placed, picture, covered


def _laid(ours: Grey, archived: Grey, way: SimilarityTransform) -> tuple[Grey, NDArray[np.bool_]]:
    import numpy as np
    from skimage.transform import warp

    laid = warp(archived, way.inverse, output_shape=ours.shape, order=1, mode="edge")
    sheet = warp(
        np.ones_like(archived), way.inverse, output_shape=ours.shape, order=1, mode="constant", cval=0.0
    )
    covered = sheet > 0.999
    return np.where(covered, laid, ours), covered


def _turned(ours: Grey, archived: Grey) -> SimilarityTransform | None:
    import numpy as np
    from skimage.feature import ORB, match_descriptors
    from skimage.measure import ransac
    from skimage.transform import SimilarityTransform

    found: list[tuple[NDArray[np.float64], NDArray[np.bool_]]] = []
    for picture in (ours, archived):
        orb = ORB(n_keypoints=800, fast_threshold=0.05)
        try:
            orb.detect_and_extract(picture)
        except (RuntimeError, IndexError):  # no corner anywhere
            return None
        found.append((orb.keypoints, orb.descriptors))
    (here, mine), (there, theirs) = found
    pairs = match_descriptors(theirs, mine, cross_check=True, max_ratio=0.9)
    if len(pairs) < 8:
        return None
    source, target = there[pairs[:, 0]][:, ::-1], here[pairs[:, 1]][:, ::-1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some samples of two equal points have no solution
        model, inliers = ransac(
            (source, target),
            SimilarityTransform,
            min_samples=3,
            residual_threshold=2.0,
            max_trials=1000,
            rng=np.random.default_rng(SEED),
        )
    return (
        model if inliers is not None and int(inliers.sum()) >= 8 and np.isfinite(model.params).all() else None
    )


def _shifted(ours: Grey, archived: Grey, way: SimilarityTransform) -> SimilarityTransform:
    """The same with the shift that is left."""
    from skimage.registration import phase_cross_correlation
    from skimage.transform import SimilarityTransform

    laid, _ = _laid(ours, archived, way)
    (down, right), *_ = phase_cross_correlation(ours, laid, upsample_factor=10, normalization=None)
    return way + SimilarityTransform(translation=(right, down))


def _heat_map(ours: Grey, local: Grey, covered: NDArray[np.bool_], limits: Limits) -> bytes:
    import numpy as np
    from PIL import Image

    heat = np.array([int(limits.heat[at : at + 2], 16) for at in (1, 3, 5)], float)
    pale = (255 * (0.65 + 0.35 * ours))[..., None].repeat(3, axis=2)
    share = np.where(covered, np.clip(1 - local, 0, 1), 0.35)[..., None]
    target = io.BytesIO()
    Image.fromarray(np.rint(pale * (1 - share) + heat * share).astype(np.uint8)).save(
        target, "PNG", optimize=False
    )
    return target.getvalue()


def with_own(limits: Limits, own: Mapping[str, Raw]) -> Limits:
    """The limits with what an archived panel sets for itself."""
    return replace(limits, **dict(own))
