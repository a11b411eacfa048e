"""Writes small WebP files in the variants of the format, and what Pillow makes of them, for ImageVariantsTest.

Made with Pillow 9.4.0, numpy 1.24.2, cwebp, gif2webp and webpmux of libwebp 1.2.4 (Debian 12: python3-pil, webp):

    /usr/bin/python3 resnet-core/src/test/python/webp_goldens.py

A row of pillow.csv has a name, width, height and the SHA-256 of the pixels [H, W, 3] of
ImageOps.exif_transpose(Image.open(NAME)).convert("RGB"); files without are refused.
"""

import hashlib
import pathlib
import struct
import subprocess
import tempfile

import numpy as np
from PIL import Image, ImageOps

OUT = pathlib.Path(__file__).parents[1] / "resources/org/resnet4j/image/webp"
WIDTH, HEIGHT = 75, 51

LOSSY = {
    "plain": [],
    "best": ["-q", "100", "-m", "6"],
    "worst": ["-q", "0", "-m", "0"],
    "no-filter": ["-q", "30", "-f", "0"],
    "simple-filter": ["-q", "20", "-nostrong", "-f", "90"],
    "strong-filter": ["-q", "20", "-strong", "-f", "100"],
    "sharp": ["-q", "20", "-f", "70", "-sharpness", "7"],
    "less-sharp": ["-q", "20", "-f", "40", "-sharpness", "3"],
    "one-segment": ["-q", "40", "-segments", "1"],
    "four-segments": ["-q", "40", "-segments", "4", "-sns", "100", "-af"],
    "partitions": ["-q", "60", "-partition_limit", "70"],
    "sharp-yuv": ["-q", "80", "-sharp_yuv"],
    "jpeg-like": ["-q", "50", "-jpeg_like", "-pass", "4"],
    "fast": ["-q", "50", "-m", "1"],
}
LOSSLESS = {
    "lossless": ["-lossless"],
    "lossless-fast": ["-lossless", "-q", "0", "-m", "0"],
    "lossless-best": ["-lossless", "-q", "100", "-m", "6"],
    "near-lossless": ["-lossless", "-near_lossless", "20"],
}
SIZES = [(1, 1), (2, 1), (1, 3), (16, 16), (17, 15), (33, 2), (5, 64)]


def photo(width=WIDTH, height=HEIGHT):
    """Smooth colours with edges and noise, [H, W, 3]."""
    y, x = np.mgrid[0:height, 0:width]
    smooth = np.stack([x * 255 // width, y * 255 // height, (x + y) * 255 // (width + height)], -1)
    noise = np.random.RandomState(7).randint(0, 30, (height, width, 3))
    edge = ((x // 11 + y // 9) % 2 * 90)[:, :, None]
    return np.clip(smooth + noise - 15 + edge - 45, 0, 255).astype(np.uint8)


def cwebp(name, picture, *options):
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        picture.save(file.name)
        subprocess.run(["cwebp", "-quiet", *options, file.name, "-o", OUT / name], check=True)


def chunk(name, body):
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def riff(name, *chunks):
    body = b"WEBP" + b"".join(chunks)
    (OUT / name).write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)


def three(number):
    return struct.pack("<I", number)[:3]


def header(flags, width=WIDTH, height=HEIGHT):
    return chunk(b"VP8X", bytes([flags, 0, 0, 0]) + three(width - 1) + three(height - 1))


def read(name):
    """The chunks of a file after its RIFF header."""
    data, found, at = (OUT / name).read_bytes(), [], 12
    while at < len(data):
        size = struct.unpack("<I", data[at + 4 : at + 8])[0]
        found.append((data[at : at + 4], data[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return found


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    picture = Image.fromarray(photo())
    for name, options in {**LOSSY, **LOSSLESS}.items():
        cwebp(f"{name}.webp", picture, *options)
    for width, height in SIZES:
        small = Image.fromarray(photo(width, height))
        cwebp(f"lossy-{width}x{height}.webp", small)
        cwebp(f"lossless-{width}x{height}.webp", small, "-lossless")
    for colours in (2, 3, 4, 5, 16, 17, 200):
        picture.quantize(colours).convert("RGB").save(OUT / f"palette{colours}.webp", lossless=True)
    alpha = np.tile(np.arange(WIDTH, dtype=np.uint8) * 3, (HEIGHT, 1))
    clear = Image.fromarray(np.dstack([photo(), alpha]))
    clear.save(OUT / "alpha.webp", quality=70)
    clear.save(OUT / "alpha-lossless.webp", lossless=True, exact=True)
    clear.save(OUT / "alpha-hidden.webp", lossless=True)
    picture.convert("L").save(OUT / "gray.webp")
    picture.save(OUT / "named.jpg", "WEBP")
    for value in (1, 3, 6, 8):
        exif = Image.Exif()
        exif[0x0112] = value
        picture.save(OUT / f"exif{value}.webp", exif=exif)
    picture.save(OUT / "profile.webp", icc_profile=b"no profile at all")
    frames = [picture, Image.fromarray(255 - photo())]
    frames[0].save(OUT / "animated.webp", save_all=True, append_images=frames[1:], duration=50)
    clear.save(OUT / "animated-lossless.webp", save_all=True, append_images=frames[1:], lossless=True)

    (_, frame), = read("plain.webp")
    (_, lossless), = read("lossless.webp")
    cut = chunk(b"VP8 ", frame[:-100])
    at = three(3) + three(5) + three(WIDTH - 1) + three(HEIGHT - 1) + three(100) + b"\0"
    riff("animated-smaller.webp", header(2, 100, 90), chunk(b"ANIM", bytes([9, 9, 9, 9, 0, 0])),
         chunk(b"ANMF", at + chunk(b"VP8 ", frame)))
    riff("other-chunks.webp", header(0), chunk(b"abcd", b"odd"), chunk(b"VP8L", lossless), chunk(b"tail", b"more"))
    (OUT / "bytes-after.webp").write_bytes((OUT / "plain.webp").read_bytes() + b"more")
    riff("exif-without-flag.webp", header(0), chunk(b"VP8 ", frame), chunk(*read("exif6.webp")[-1]))

    # those that libwebp refuses
    riff("cut-lossy.webp", cut)
    riff("cut-lossless.webp", chunk(b"VP8L", lossless[:-100]))
    riff("empty.webp")
    riff("header-only.webp", header(0))
    riff("other-size.webp", header(0, WIDTH + 1), chunk(b"VP8 ", frame))
    riff("other-frame.webp", header(2, 100, 90), chunk(b"ANIM", bytes(6)),
         chunk(b"ANMF", three(0) * 2 + three(WIDTH) + at[9:] + chunk(b"VP8 ", frame)))
    riff("beyond-canvas.webp", header(2, 80, 50), chunk(b"ANIM", bytes(6)), chunk(b"ANMF", at + chunk(b"VP8 ", frame)))
    riff("between-frames.webp", chunk(b"VP8 ", bytes([frame[0] | 1]) + frame[1:]))
    riff("hidden.webp", chunk(b"VP8 ", bytes([frame[0] & 0xEF]) + frame[1:]))
    riff("profile7.webp", chunk(b"VP8 ", bytes([frame[0] | 14]) + frame[1:]))
    riff("other-start.webp", chunk(b"VP8 ", frame[:3] + b"\x9d\x01\x2b" + frame[6:]))
    riff("long-partition.webp", chunk(b"VP8 ", bytes([frame[0] | 0xE0, 0xFF, 0xFF]) + frame[3:]))
    riff("no-width.webp", chunk(b"VP8 ", frame[:6] + b"\0\0" + frame[8:]))
    riff("version.webp", chunk(b"VP8L", lossless[:4] + bytes([lossless[4] | 0x20]) + lossless[5:]))
    riff("transform-twice.webp", chunk(b"VP8L", bytes([0x2F, 0, 0, 0, 0, 0b00101101]) + bytes(40)))

    rows = []
    for file in sorted(OUT.iterdir()):
        try:
            shown = ImageOps.exif_transpose(Image.open(file)).convert("RGB")
            rows.append(f"{file.name},{shown.width},{shown.height},{hashlib.sha256(shown.tobytes()).hexdigest()}")
        except Exception as refusal:  # whatever Pillow refuses is refused here
            print(f"{file.name}: {refusal}")
    (OUT / "pillow.csv").write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
