"""Writes what Pillow makes of small pictures, for PillowTest.

Made with Pillow 9.4.0, numpy 1.24.2 and torchvision 0.14.1 (Debian 12: python3-pil, python3-numpy, python3-torchvision):

    /usr/bin/python3 resnet-core/src/test/python/pillow_goldens.py

Every NAME.rgb holds the pixels, [H, W, 3] or [H, W], that Pillow reads from NAME or makes of the pattern below.
"""

import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms, ImageOps
from torchvision.transforms import functional
from torchvision.transforms.functional import InterpolationMode

OUT = pathlib.Path(__file__).parents[1] / "resources/org/resnet4j/image/pillow"
RESIZES = [
    (1, 28, 28, 96, 96),
    (3, 17, 13, 8, 20),
    (3, 20, 31, 7, 5),
    (1, 5, 5, 5, 11),
    (1, 9, 6, 4, 6),
    (3, 1, 1, 4, 4),
    (1, 64, 64, 1, 1),
    (1, 40, 40, 39, 41),
]
CROPS = [(3, 9, 12, 4, 7), (3, 10, 11, 5, 5), (1, 3, 8, 6, 5), (3, 4, 5, 9, 9)]
FILTERS = [InterpolationMode.BOX, InterpolationMode.HAMMING, InterpolationMode.LANCZOS]
# height and width of the picture, of the crop, and of the resized picture: the smallest that covers the crop's frame
RECTANGLES = [
    (3, 30, 47, 12, 20, 16, 16, 26),
    (3, 47, 30, 12, 20, 16, 40, 26),
    (1, 40, 40, 21, 9, 10, 23, 23),
    (3, 9, 400, 8, 8, 10, 10, 444),
    (3, 400, 9, 8, 12, 9, 577, 13),
]
PADS = [(3, 30, 47, 20, 20), (3, 47, 30, 17, 24), (1, 5, 90, 11, 16), (3, 13, 13, 8, 8), (3, 7, 9, 14, 18)]
REDUCTIONS = [(1, 28, 28, 2), (3, 17, 13, 3), (3, 20, 31, 4), (3, 11, 29, 5), (1, 9, 6, 7), (3, 40, 23, 13)]
PARTS = [(3, 40, 60, 3, 5, 20, 31, 16, 16), (1, 33, 21, 0, 1, 33, 20, 8, 12), (3, 9, 9, 4, 4, 2, 1, 7, 7)]
SHORTER_SIDES = [(3, 30, 47, 13), (3, 47, 30, 13), (1, 11, 23, 17), (3, 20, 20, 20)]
ORIENTED = [(f"exif{value}.jpg", value) for value in range(1, 10)] + [("exif6.png", 6), ("exif8-big-endian.jpg", 8)]


def pattern(channels, height, width):
    """The same numbers as PillowTest.pattern, [H, W, C]."""
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    return ((c * 71 + y * 37 + x * x * 13 + x * y * 7) & 255).astype(np.uint8)


def picture(array):
    return Image.fromarray(array[:, :, 0] if array.shape[2] == 1 else array)


def keep(name):
    shown = ImageOps.exif_transpose(Image.open(OUT / name)).convert("RGB")
    (OUT / f"{name}.rgb").write_bytes(shown.tobytes())


def png(name, width, height, depth, colour, rows, *chunks):
    """A PNG of a depth and colour type that Pillow does not write."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    (OUT / name).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunk(*c) for c in chunks)
        + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for channels, height, width, factor in REDUCTIONS:
        reduced = picture(pattern(channels, height, width)).reduce(factor)
        (OUT / f"reduce-{channels}x{height}x{width}-{factor}.rgb").write_bytes(reduced.tobytes())
    for channels, height, width, to_height, to_width in RESIZES:
        resized = picture(pattern(channels, height, width)).resize((to_width, to_height), Image.BILINEAR)
        name = f"resize-{channels}x{height}x{width}-{to_height}x{to_width}.rgb"
        (OUT / name).write_bytes(resized.tobytes())
        resized = picture(pattern(channels, height, width)).resize((to_width, to_height), Image.BICUBIC)
        (OUT / name.replace("resize", "bicubic")).write_bytes(resized.tobytes())
        for mode in FILTERS:
            resized = functional.resize(picture(pattern(channels, height, width)), (to_height, to_width), mode)
            (OUT / name.replace("resize", mode.value)).write_bytes(resized.tobytes())
    for channels, height, width, to_height, to_width in CROPS:
        cropped = functional.center_crop(picture(pattern(channels, height, width)), (to_height, to_width))
        (OUT / f"crop-{channels}x{height}x{width}-{to_height}x{to_width}.rgb").write_bytes(cropped.tobytes())
    for channels, height, width, side in SHORTER_SIDES:
        for mode in (InterpolationMode.BILINEAR, InterpolationMode.BICUBIC, *FILTERS):
            resized = functional.resize(picture(pattern(channels, height, width)), side, mode)
            name = f"shorter-{mode.value}-{channels}x{height}x{width}-{side}.rgb"
            (OUT / name).write_bytes(resized.tobytes())
    for channels, height, width, to_height, to_width, side, down, across in RECTANGLES:
        resized = functional.resize(picture(pattern(channels, height, width)), (down, across))
        cropped = functional.center_crop(resized, (to_height, to_width))
        name = f"rectangle-{channels}x{height}x{width}-{side}-{to_height}x{to_width}.rgb"
        (OUT / name).write_bytes(cropped.tobytes())
    for channels, height, width, to_height, to_width in PADS:
        colour = (10, 200, 30) if channels == 3 else 124  # the same in gray
        padded = ImageOps.pad(picture(pattern(channels, height, width)), (to_width, to_height), Image.BICUBIC, colour)
        (OUT / f"pad-{channels}x{height}x{width}-{to_height}x{to_width}.rgb").write_bytes(padded.tobytes())
    for channels, height, width, top, left, rows, columns, to_height, to_width in PARTS:
        part = functional.resized_crop(
            picture(pattern(channels, height, width)), top, left, rows, columns, (to_height, to_width)
        )
        name = f"part-{channels}x{height}x{width}-{top}-{left}-{rows}x{columns}-{to_height}x{to_width}.rgb"
        (OUT / name).write_bytes(part.tobytes())
    (OUT / "gray-3x20x20.rgb").write_bytes(picture(pattern(3, 20, 20)).convert("L").tobytes())

    y, x = np.mgrid[0:18, 0:21]
    smooth = np.stack([x * 12, y * 14, (x + y) * 6], -1).astype(np.uint8)
    rgb = Image.fromarray(smooth)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    rgb.save(OUT / "rgb444.jpg", quality=90, subsampling=0)
    rgb.save(OUT / "rgb422.jpg", quality=75, subsampling=1)
    rgb.save(OUT / "rgb420.jpg", quality=75, subsampling=2)
    rgb.save(OUT / "profile.jpg", quality=90, icc_profile=profile)
    rgb.save(OUT / "progressive.jpg", quality=75, progressive=True)
    rgb.convert("L").save(OUT / "gray.jpg")
    cmyk = Image.fromarray(np.dstack([smooth, (y * 5 + x * 2).astype(np.uint8)]), "CMYK")
    cmyk.save(OUT / "cmyk.jpg", quality=90)
    ycck = bytearray((OUT / "cmyk.jpg").read_bytes())
    ycck[ycck.index(b"Adobe") + 11] = 2  # the same numbers, taken for YCCK
    (OUT / "ycck.jpg").write_bytes(ycck)

    alpha = ((x * 37 + y * 11) & 255).astype(np.uint8)
    rgb.save(OUT / "rgb.png")
    rgb.convert("L").save(OUT / "gray.png")
    rgb.convert("1").save(OUT / "black-and-white.png")
    Image.fromarray(np.dstack([smooth, alpha])).save(OUT / "alpha.png")
    Image.fromarray(np.dstack([smooth[:, :, 0], alpha]), "LA").save(OUT / "gray-alpha.png")
    rgb.quantize(16).save(OUT / "palette4.png", bits=4)
    rgb.quantize(200).save(OUT / "palette8.png", transparency=3)
    rgb.save(OUT / "rgb.bmp")
    rgb.quantize(64).save(OUT / "palette.gif")
    deep = np.dstack([smooth[:, :, c].astype(">u2") * 251 + 77 for c in range(3)])
    png("rgb16.png", 21, 18, 16, 2, [row.astype(">u2").tobytes() for row in deep])
    deep4 = np.dstack([deep, alpha.astype(">u2") * 257])
    png("alpha16.png", 21, 18, 16, 6, [row.astype(">u2").tobytes() for row in deep4])
    png("gray2.png", 8, 2, 2, 0, [bytes([0b00011011, 0b11100100]), bytes([0, 255])])
    png("gray16.png", 21, 18, 16, 0, [row.astype(">u2").tobytes() for row in deep[:, :, 0]])

    for name, value in ORIENTED:
        exif = Image.Exif()
        if "big-endian" in name:
            exif.endian = ">"
        exif[0x010F] = "a camera"
        exif[0x0112] = value
        rgb.save(OUT / name, exif=exif, quality=90)

    for file in sorted(OUT.iterdir()):
        if file.suffix != ".rgb":
            keep(file.name)
    # Pillow clips 16-bit gray at 255 where everything else takes the high byte: this one is ours.
    high = (deep[:, :, 0] >> 8).astype(np.uint8)
    (OUT / "gray16.png.rgb").write_bytes(np.repeat(high[:, :, None], 3, 2).tobytes())


if __name__ == "__main__":
    main()
