"""From screen colours to inks: the recipe where one is declared, black alone for greys, else the profile.

littleCMS works through Pillow: relative colorimetric with black point compensation.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from reportgen.write.press.conditions import Conditions, Ink, Rgb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL._imagingcms import CmsProfile
    from PIL.Image import Image
    from PIL.ImageCms import ImageCmsProfile, ImageCmsTransform

    Profile = ImageCmsProfile | CmsProfile

Parts = tuple[float, float, float, float]  # cyan, magenta, yellow, black in 0..1
STEPS = 32  # of a gradient between two stops; between them the device draws straight lines


class Press:
    """The declared conditions as something that converts; it keeps what it has worked out."""

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions
        self._known: dict[Rgb, Parts] = {}

    def ink(self, red: float, green: float, blue: float) -> Parts:
        """The inks of a colour of sRGB with parts in 0..1."""
        rgb = _eight_bits(red, green, blue)
        if rgb not in self._known:
            self._known[rgb] = self._ink(rgb)
        return self._known[rgb]

    def _ink(self, rgb: Rgb) -> Parts:
        if recipe := self.conditions.ink.get(rgb):
            return _parts(recipe)
        if rgb[0] == rgb[1] == rgb[2]:
            return 0.0, 0.0, 0.0, self._black[rgb[0]] / 255
        return self.by_profile([rgb])[0]

    def by_profile(self, colours: Sequence[Rgb]) -> list[Parts]:
        from PIL import Image

        row = Image.frombytes("RGB", (len(colours), 1), bytes(part for colour in colours for part in colour))
        inks = self._limited(self._apply(row, self._from_srgb))
        return [(p[0] / 255, p[1] / 255, p[2] / 255, p[3] / 255) for p in inks.reshape(-1, 4).tolist()]

    def gradient(self, first: Sequence[float], last: Sequence[float], exponent: float) -> list[Parts]:
        """Inks at equal steps from one stop to the next; both ends are what a flat area of that colour gets.

        Between greys all is black alone. Else the profile tells each step, and where an end has a recipe, the
        step takes as much of that correction as it is near to it: no edge shows.
        """
        steps = [(step / STEPS) ** exponent for step in range(STEPS + 1)]
        line = [[a + (b - a) * t for a, b in zip(first, last, strict=True)] for t in steps]
        colours = [_eight_bits(*colour) for colour in line]
        if all(red == green == blue for red, green, blue in colours):
            return [self.ink(*colour) for colour in line]
        plain = self.by_profile(colours)
        start = [a - b for a, b in zip(self.ink(*first), plain[0], strict=True)]
        end = [a - b for a, b in zip(self.ink(*last), plain[-1], strict=True)]
        return [
            _clipped([p + (1 - t) * a + t * b for p, a, b in zip(parts, start, end, strict=True)])
            for parts, t in zip(plain, steps, strict=True)
        ]

    def lab(self, lightness: float, a: float, b: float) -> Parts:
        """The inks of a colour that is given as CIE Lab (D50)."""
        from PIL import Image

        coded = bytes((round(min(max(lightness, 0), 100) * 2.55), _signed(a), _signed(b)))
        inks = self._limited(self._apply(Image.frombytes("LAB", (1, 1), coded), self._from_lab))
        p = inks.reshape(-1, 4).tolist()[0]
        return p[0] / 255, p[1] / 255, p[2] / 255, p[3] / 255

    def picture(self, picture: Image) -> tuple[str, NDArray[np.uint8]]:
        """A picture as `DeviceGray` (greys only: black ink alone) or `DeviceCMYK`, with its pixels."""
        import numpy as np

        pixels = np.asarray(picture.convert("RGB"))
        if (pixels[..., 0] == pixels[..., 1]).all() and (pixels[..., 0] == pixels[..., 2]).all():
            black = np.asarray(self._black, np.uint8)
            return "DeviceGray", 255 - black[pixels[..., 0]]
        return "DeviceCMYK", self._limited(self._apply(picture.convert("RGB"), self._from_srgb))

    def _limited(self, inks: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Where the profile asks for more than the total, the colours give way and black stays."""
        import numpy as np

        most = int(self.conditions.total_ink * 255 / 100)
        flat = inks.reshape(-1, 4)
        over = flat.astype(np.int32).sum(axis=1) > most
        if not over.any():
            return inks
        flat = flat.copy()
        heavy = flat[over].astype(np.float64)
        share = (most - heavy[:, 3]) / heavy[:, :3].sum(axis=1)
        flat[over, :3] = np.floor(heavy[:, :3] * share[:, None]).astype(np.uint8)
        return flat.reshape(inks.shape)

    def _apply(self, picture: Image, transform: ImageCmsTransform) -> NDArray[np.uint8]:
        import numpy as np
        from PIL import ImageCms

        return np.asarray(ImageCms.applyTransform(picture, transform))

    def _transform(self, source: Profile, mode: str, target: Profile, into: str) -> ImageCmsTransform:
        from PIL import ImageCms

        return ImageCms.buildTransform(
            source,
            target,
            mode,
            into,
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )

    @cached_property
    def _profile(self) -> ImageCmsProfile:
        from PIL import ImageCms

        return ImageCms.ImageCmsProfile(io.BytesIO(self.conditions.profile))

    @cached_property
    def _srgb(self) -> ImageCmsProfile:
        from PIL import ImageCms

        return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))

    @cached_property
    def _from_srgb(self) -> ImageCmsTransform:
        return self._transform(self._srgb, "RGB", self._profile, "CMYK")

    @cached_property
    def _from_lab(self) -> ImageCmsTransform:
        from PIL import ImageCms

        return self._transform(ImageCms.createProfile("LAB"), "LAB", self._profile, "CMYK")

    @cached_property
    def _black(self) -> tuple[int, ...]:
        """For each grey of sRGB the black ink (0..255) that looks as light beside the paper.

        Full black ink is lighter than no light: the scale is stretched, so that 0 is full black.
        """
        import numpy as np
        from PIL import Image, ImageCms

        lab = ImageCms.createProfile("LAB")
        ramp = np.zeros((1, 256, 4), np.uint8)
        ramp[..., 3] = np.arange(256)
        printed = self._lightness(
            Image.fromarray(ramp, "CMYK"), self._transform(self._profile, "CMYK", lab, "LAB")
        )
        printed = np.minimum.accumulate(printed)
        printed = (printed - printed[-1]) / (printed[0] - printed[-1])
        shown = self._lightness(
            Image.fromarray(np.arange(256, dtype=np.uint8).reshape(1, -1)).convert("RGB"),
            self._transform(self._srgb, "RGB", lab, "LAB"),
        )
        shown = (shown - shown[0]) / (shown[-1] - shown[0])
        black = np.interp(shown, printed[::-1], np.arange(255, -1, -1))
        return tuple(int(one) for one in np.rint(black))

    def _lightness(self, picture: Image, transform: ImageCmsTransform) -> NDArray[np.float64]:
        return self._apply(picture, transform).reshape(-1, 3)[:, 0].astype(float)


def _eight_bits(red: float, green: float, blue: float) -> Rgb:
    one, two, three = (min(max(round(part * 255), 0), 255) for part in (red, green, blue))
    return one, two, three


def _parts(recipe: Ink) -> Parts:
    return recipe[0] / 100, recipe[1] / 100, recipe[2] / 100, recipe[3] / 100


def _clipped(parts: Sequence[float]) -> Parts:
    one, two, three, four = (min(max(part, 0.0), 1.0) for part in parts)
    return one, two, three, four


def _signed(part: float) -> int:
    """A Lab axis as Pillow codes it: the bytes of a signed number."""
    return round(min(max(part, -128), 127)) & 255
