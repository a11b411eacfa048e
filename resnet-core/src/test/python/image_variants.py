"""Writes small image files in the variants of their formats, and what Pillow makes of them, for ImageVariantsTest.

Made with Pillow 12.3.0 (libjpeg-turbo 3.1.4), numpy 1.24.2, cjpeg of libjpeg-turbo 2.1.5 and ImageMagick 6.9.11:

    pip install pillow==12.3.0 --target pillow
    PYTHONPATH=pillow /usr/bin/python3 resnet-core/src/test/python/image_variants.py

(Debian 12: python3-numpy, libjpeg-turbo-progs, imagemagick.) A row of pillow.csv has a name, width, height and the
SHA-256 of the pixels [H, W, 3] of ImageOps.exif_transpose(Image.open(NAME)).convert("RGB"); files without are refused.
"""

import hashlib
import pathlib
import struct
import subprocess
import tempfile
import zlib

import numpy as np
from PIL import Image, ImageOps

OUT = pathlib.Path(__file__).parents[1] / "resources/org/resnet4j/image/variants"
WIDTH, HEIGHT = 37, 29

# Pillow reads these; here they are refused by name.
REFUSED = {
    "arithmetic.jpg", "arithmetic-progressive.jpg", "lossless.jpg", "scans65.jpg", "tiff.jpg", "wbmp.jpg",
    "progressive-unrefined.jpg", "side32769.png", "rows-missing.png", "fields-none.bmp", "fields-none-v4.bmp", "fields-none-v5.bmp",
}

# Pillow refuses these for a text that it cannot read; here they have the pixels of another file.
PIXELS_OF = {
    "bomb-xmp.png": "rgb8.png", "bomb-zTXt.png": "bomb-zTXt-without.png", "turned-profile-no-digits-before.png": "rgb8.png",
    "turned-profile-no-digits-after.png": "rgb8.png",
}


def photo(width=WIDTH, height=HEIGHT):
    """Smooth colours with edges and noise, [H, W, 3]."""
    y, x = np.mgrid[0:height, 0:width]
    smooth = np.stack([x * 255 // width, y * 255 // height, (x + y) * 255 // (width + height)], -1)
    noise = np.random.RandomState(7).randint(0, 60, (height, width, 3))
    edge = ((x // 5 + y // 7) % 2 * 90)[:, :, None]
    return np.clip(smooth + noise - 30 + edge - 45, 0, 255).astype(np.uint8)


def image(mode="RGB"):
    return Image.fromarray(photo()).convert(mode)


def cmyk():
    return Image.fromarray(np.dstack([photo(), photo()[:, :, 1].T.reshape(HEIGHT, WIDTH)]), "CMYK")


def write(name, data):
    (OUT / name).write_bytes(bytes(data))


def read(name):
    return bytearray((OUT / name).read_bytes())


# ---- JPEG ------------------------------------------------------------------------------------


def segments(data):
    """(marker, body) up to the first scan, and the rest."""
    found, at = [], 2
    while data[at + 1] != 0xDA:
        length = struct.unpack(">H", data[at + 2 : at + 4])[0]
        found.append((data[at + 1], bytes(data[at + 4 : at + 2 + length])))
        at += 2 + length
    return found, bytes(data[at:])


def joined(found, rest):
    return b"\xff\xd8" + b"".join(bytes([0xFF, m]) + struct.pack(">H", len(b) + 2) + b for m, b in found) + rest


def adobe(transform):
    return (0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))


def jpeg_with(source, *, jfif=None, transform=None, ids=None):
    """The file with or without JFIF's and Adobe's segments, and with other component ids."""
    found, rest = segments(read(source))
    head = [s for s in found if s[0] == 0xE0] if jfif in (None, True) else []
    if jfif and not head:
        head = [(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")]
    marks = [adobe(transform)] if transform is not None else []
    others = [s for s in found if s[0] not in (0xE0, 0xEE)]
    if ids:
        names = {}
        for i, (marker, body) in enumerate(others):
            if marker in (0xC0, 0xC2):
                body = bytearray(body)
                for c in range(body[5]):
                    names[body[6 + 3 * c]] = ids[c]
                    body[6 + 3 * c] = ids[c]
                others[i] = (marker, bytes(body))
        rest = bytearray(rest)
        for c in range(rest[4]):
            rest[5 + 2 * c] = names[rest[5 + 2 * c]]
    return joined(head + marks + others, bytes(rest))


def sampled(name, *options, array=None):
    """A file of cjpeg's."""
    with tempfile.NamedTemporaryFile(suffix=".ppm") as ppm:
        Image.fromarray(photo() if array is None else array).save(ppm.name)
        write(name, subprocess.run(["cjpeg", *options, ppm.name], check=True, capture_output=True).stdout)


def jpegs():
    image().save(OUT / "plain.jpg", quality=80, subsampling=0)
    image().save(OUT / "plain420.jpg", quality=80, subsampling=2)
    cmyk().save(OUT / "cmyk.jpg", quality=85)
    for source, count in (("plain.jpg", 3), ("cmyk.jpg", 4)):
        stem = source[:-4]
        for jfif in (True, False):
            for transform in (None, 0, 1, 2):
                write(f"{stem}-{'jfif' if jfif else 'bare'}-adobe{transform}.jpg",
                      jpeg_with(source, jfif=jfif, transform=transform))
        for ids in (b"RGBK", b"Ycck", b"rgbk", b"\0\1\2\3", b"\1\2\3\4", b"\1\x22\x23\4"):
            for jfif in (True, False):
                name = f"{stem}-{'jfif' if jfif else 'bare'}-ids{ids[:count].hex()}.jpg"
                write(name, jpeg_with(source, jfif=jfif, ids=ids[:count]))
    (OUT / "cmyk.jpg").unlink()
    found, rest = segments(read("plain.jpg"))
    short = [(0xE0, b"JFIF\0\1\1")] + [adobe(0)] + [s for s in found if s[0] != 0xE0]
    write("plain-shortjfif-adobe0.jpg", joined(short, rest))
    write("plain-adobe1-adobe0.jpg", joined([adobe(1), adobe(0)] + found[1:], rest))
    write("plain-junk.jpg", joined(found[:1], b"\0\1\2" + joined(found[1:], b"\xff\xff\xff" + rest)[2:]))
    write("plain-trailing.jpg", joined(found, rest) + b"PK\3\4 and more")
    for factors in ("1x1", "2x1", "2x2", "1x2", "4x1", "1x4", "4x2", "2x4", "2x2,2x1", "2x2,1x2,2x1", "1x1,2x2,1x1", "2x1,1x1,2x1"):
        name = "sample-" + factors.replace(",", "-") + ".jpg"
        sampled(name, "-quality", "75", "-sample", factors)
    for factors in ("1x2", "2x2"):
        sampled(f"progressive-{factors}.jpg", "-quality", "75", "-progressive", "-sample", factors)
    for w, h in ((1, 1), (2, 3), (3, 2), (1, 8), (5, 1), (16, 17)):
        for factors in ("2x2", "1x2", "2x1"):
            sampled(f"small-{w}x{h}-{factors}.jpg", "-quality", "75", "-sample", factors, array=photo(w, h))
    sampled("restarts.jpg", "-restart", "1B", "-quality", "60")
    sampled("gray.jpg", "-grayscale")
    write("gray-2x2.jpg", gray_factor("gray.jpg"))
    sampled("rgb.jpg", "-rgb", "-quality", "90")
    sampled("arithmetic.jpg", "-arithmetic")
    sampled("arithmetic-progressive.jpg", "-arithmetic", "-progressive")
    write("lossless.jpg", changed_frame("plain.jpg", 0xC3))
    write("twelve-bit.jpg", changed_frame("plain.jpg", 0xC1, precision=12))
    write("two-components.jpg", two_components("plain.jpg"))
    multi = "0;1;2;\n"
    progression = "0 1 2: 0-0, 0, 0;\n0: 1-63, 0, 0;\n1: 1-63, 0, 0;\n2: 1-63, 0, 0;\n"
    unrefined = "0 1 2: 0-0, 0, 1;\n0: 1-5, 0, 2;\n"
    for name, script in (("separate-scans.jpg", multi), ("script.jpg", progression), ("progressive-unrefined.jpg", unrefined)):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as scans:
            scans.write(script)
            scans.flush()
            sampled(name, "-scans", scans.name)
    data = read("progressive-2x2.jpg")
    last = data.rindex(b"\xff\xda")
    write("scans65.jpg", data[:-2] + bytes(data[last:-2]) * 64 + data[-2:])


def gray_factor(source):
    found, rest = segments(read(source))
    return joined([(m, b[:7] + b"\x22" + b[8:] if m == 0xC0 else b) for m, b in found], rest)


def changed_frame(source, marker, precision=8):
    found, rest = segments(read(source))
    return joined([(marker, bytes([precision]) + b[1:]) if m == 0xC0 else (m, b) for m, b in found], rest)


def two_components(source):
    found, rest = segments(read(source))
    return joined([(m, b[:5] + b"\2" + b[6:-3] if m == 0xC0 else b) for m, b in found], rest)


# ---- orientation -----------------------------------------------------------------------------


def tiff(value, kind="H", order="<", count=1, more=b""):
    """A TIFF structure whose first directory says an orientation."""
    types = {"B": 1, "H": 3, "I": 4, "h": 8, "i": 9}
    entries = more + struct.pack(order + "HHI", 0x0112, types[kind], count) + struct.pack(order + kind, value).ljust(4, b"\0")
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    return head + struct.pack(order + "H", len(entries) // 12) + entries + b"\0\0\0\0"


def xmp(value, element=False):
    said = f"<tiff:Orientation>{value}</tiff:Orientation>" if element else ""
    attribute = "" if element else f' tiff:Orientation="{value}"'
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        f'xmlns:tiff="http://ns.adobe.com/tiff/1.0/"{attribute}>{said}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def turned():
    xap = b"http://ns.adobe.com/xap/1.0/\0"
    cases = {}
    for kind, word in (("H", "short"), ("I", "long"), ("h", "signed-short"), ("i", "signed-long"), ("B", "byte")):
        for order, end in (("<", "little"), (">", "big")):
            cases[f"exif-{word}-{end}"] = [(0xE1, b"Exif\0\0" + tiff(6, kind, order))]
    cases["exif-long-wide"] = [(0xE1, b"Exif\0\0" + tiff(0x10006, "I"))]
    cases["exif-two-values"] = [(0xE1, b"Exif\0\0" + tiff(6, "H", count=2))]
    cases["exif-said-twice"] = [(0xE1, b"Exif\0\0" + tiff(6, more=tiff(3)[10:22]))]
    cases["exif-header-twice"] = [(0xE1, b"Exif\0\0Exif\0\0" + tiff(8))]
    cases["exif-twice"] = [(0xE1, b"Exif\0\0" + tiff(6)), (0xE1, b"Exif\0\0" + tiff(3))]
    cases["exif-9-xmp-6"] = [(0xE1, b"Exif\0\0" + tiff(9)), (0xE1, xap + xmp(6))]
    cases["exif-1-xmp-6"] = [(0xE1, b"Exif\0\0" + tiff(1)), (0xE1, xap + xmp(6))]
    cases["exif-none-xmp-8"] = [(0xE1, b"Exif\0\0" + b"II*\0\x08\0\0\0\0\0\0\0\0\0"), (0xE1, xap + xmp(8))]
    for value in range(0, 10):
        cases[f"xmp-{value}"] = [(0xE1, xap + xmp(value))]
    cases["xmp-element"] = [(0xE1, xap + xmp(5, element=True))]
    found, rest = segments(read("plain420.jpg"))
    for name, marks in cases.items():
        write(name + ".jpg", joined(found[:1] + marks + found[1:], rest))


# ---- PNG -------------------------------------------------------------------------------------


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def packed(samples, depth):
    """Rows of samples [H, W, C] as bytes."""
    for row in samples:
        flat = row.reshape(-1)
        if depth == 16:
            yield flat.astype(">u2").tobytes()
        else:
            bits = np.unpackbits(flat.astype(np.uint8)[:, None], axis=1)[:, 8 - depth :]
            yield np.packbits(bits.reshape(-1)).tobytes()


def png(samples, depth, colour, *before, after=(), interlace=False, filtered=True):
    height, width = samples.shape[:2]
    raw = b""
    for x, y, dx, dy in PASSES if interlace else ((0, 0, 1, 1),):
        part = samples[y::dy, x::dx]
        if part.size:
            raw += b"".join(b"\0" + row for row in packed(part, depth))
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlace))
    data = zlib.compress(raw)
    middle = len(data) // 2
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunk(*c) for c in before)
        + chunk(b"IDAT", data[:middle]) + chunk(b"IDAT", data[middle:]) + b"".join(chunk(*c) for c in after) + chunk(b"IEND", b"")
    )


def pngs():
    rgb = photo()
    gray = np.array(image("L"))[:, :, None]
    alpha = (np.mgrid[0:HEIGHT, 0:WIDTH].sum(0) * 7 % 256).astype(np.uint8)[:, :, None]
    palette = np.random.RandomState(3).randint(0, 256, (256, 3)).astype(np.uint8)
    for interlace in (False, True):
        end = "-interlaced.png" if interlace else ".png"
        for depth in (1, 2, 4, 8):
            levels = gray >> (8 - depth)
            write(f"gray{depth}{end}", png(levels, depth, 0, interlace=interlace))
            colours = (b"PLTE", palette[: 1 << depth].tobytes())
            write(f"palette{depth}{end}", png(levels, depth, 3, colours, interlace=interlace))
            transparent = (b"tRNS", bytes([0, 128, 255, 3][: 1 << depth]))
            write(f"palette{depth}-trns{end}", png(levels, depth, 3, colours, transparent, interlace=interlace))
        write(f"gray-alpha8{end}", png(np.dstack([gray, alpha]), 8, 4, interlace=interlace))
        write(f"rgb8{end}", png(rgb, 8, 2, interlace=interlace))
        write(f"rgba8{end}", png(np.dstack([rgb, alpha]), 8, 6, interlace=interlace))
        wide = rgb.astype(np.uint16) * 251 + 77
        write(f"rgb16{end}", png(wide, 16, 2, interlace=interlace))
        write(f"rgba16{end}", png(np.dstack([wide, alpha.astype(np.uint16) * 257]), 16, 6, interlace=interlace))
        write(f"gray-alpha16{end}", png(np.dstack([wide[:, :, :1], wide[:, :, 1:2]]), 16, 4, interlace=interlace))
        write(f"gray16{end}", png(wide[:, :, :1], 16, 0, interlace=interlace))
    write("palette8-one.png", png(gray // 86, 8, 3, (b"PLTE", palette[:3].tobytes()), (b"tRNS", b"\xff\0")))
    write("palette-short.png", png(gray, 8, 3, (b"PLTE", palette[:200].tobytes())))
    write("gray-trns.png", png(gray, 8, 0, (b"tRNS", struct.pack(">H", int(gray[0, 0, 0])))))
    write("rgb-trns.png", png(rgb, 8, 2, (b"tRNS", struct.pack(">HHH", *map(int, rgb[0, 0])))))
    write("gamma.png", png(rgb, 8, 2, (b"gAMA", struct.pack(">I", 45455)), (b"sRGB", b"\0"), (b"bKGD", b"\0" * 6)))
    for side in ((1, 1), (2, 1), (1, 9), (5, 5), (8, 3)):
        write(f"tiny-{side[0]}x{side[1]}-interlaced.png", png(photo(*side), 8, 2, interlace=True))
    write("side32769.png", png(np.zeros((32769, 1, 1), np.uint8), 1, 0))
    write("rows-missing.png", png_short(rgb))
    exif = tiff(6)
    profile = b"\nexif\n%8d\n" % len(exif) + b"\n".join(
        exif.hex().encode()[i : i + 72] for i in range(0, len(exif.hex()), 72)) + b"\n"
    raw = b"Raw profile type exif\0"
    said = b"XML:com.adobe.xmp\0"
    bomb = zlib.compress(b"A" * (1 << 21))
    texts = {
        "eXIf": [(b"eXIf", exif)],
        "eXIf-long-big": [(b"eXIf", tiff(8, "I", ">"))],
        "eXIf-with-header": [(b"eXIf", b"Exif\0\0" + exif)],
        "profile-tEXt": [(b"tEXt", raw + profile)],
        "profile-zTXt": [(b"zTXt", raw + b"\0" + zlib.compress(profile))],
        "profile-iTXt": [(b"iTXt", raw + b"\1\0\0\0" + zlib.compress(profile))],
        "profile-and-eXIf": [(b"tEXt", raw + profile), (b"eXIf", tiff(3))],
        "xmp-iTXt": [(b"iTXt", said + b"\0\0\0\0" + xmp(6))],
        "xmp-iTXt-packed": [(b"iTXt", said + b"\1\0en\0x\0" + zlib.compress(xmp(7)))],
        "xmp-tEXt": [(b"tEXt", said + xmp(5))],
        "xmp-zTXt": [(b"zTXt", said + b"\0" + zlib.compress(xmp(4)))],
        "xmp-and-eXIf": [(b"iTXt", said + b"\0\0\0\0" + xmp(6)), (b"eXIf", tiff(3))],
        "xmp-twice": [(b"iTXt", said + b"\0\0\0\0" + xmp(6)), (b"iTXt", said + b"\0\0\0\0" + xmp(8))],
        "xmp-broken-zTXt": [(b"zTXt", said + b"\0" + zlib.compress(xmp(4))[:40])],
        "profile-no-digits": [(b"tEXt", raw + b"\nexif\n 3\nzzz\n")],
    }
    for name, chunks in texts.items():
        for place in ("before", "after"):
            first, last = (chunks, ()) if place == "before" else ((), chunks)
            write(f"turned-{name}-{place}.png", png(rgb, 8, 2, *first, after=last))
    write("bomb-iCCP.png", png(rgb, 8, 2, (b"iCCP", b"p\0\0" + zlib.compress(b"A" * (1 << 18)))))
    write("bomb-zTXt.png", png(gray // 86, 8, 3, (b"PLTE", palette[:3].tobytes()), (b"zTXt", b"k\0\0" + bomb)))
    write("bomb-zTXt-without.png", png(gray // 86, 8, 3, (b"PLTE", palette[:3].tobytes())))
    write("bomb-xmp.png", png(rgb, 8, 2, (b"iTXt", said + b"\1\0\0\0" + bomb)))
    subprocess.run(
        ["convert", OUT / "exif-short-little.jpg", "-define", "png:exclude-chunks=date,eXIf", "-define", "png:include-chunk=zTXt",
         OUT / "turned-by-imagemagick.png"], check=True)


def png_short(rgb):
    """Whole chunks, but half of the rows."""
    height, width = rgb.shape[:2]
    raw = b"".join(b"\0" + row for row in packed(rgb[: height // 2], 8))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


# ---- BMP -------------------------------------------------------------------------------------


def bmp(name, width, height, bits, data, *, compression=0, palette=b"", masks=b"", size=40, colours=0):
    if size == 12:
        header = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        header = struct.pack("<IiiHHIIiiII", size, width, height, 1, bits, compression, len(data), 2835, 2835, colours, 0)
        if size > 40:
            header += masks.ljust(size - 40, b"\0")
            masks = b""
    body = header + masks + palette
    write(name, b"BM" + struct.pack("<IHHI", 14 + len(body) + len(data), 0, 0, 14 + len(body)) + body + data)


def lines(rows):
    """Rows padded to four bytes, bottom row first."""
    return b"".join(row + b"\0" * (-len(row) % 4) for row in reversed(list(rows)))


def rle8(indices):
    out = b""
    for row in indices[::-1]:
        x = 0
        while x < len(row):
            run = 1
            while x + run < len(row) and row[x + run] == row[x] and run < 255:
                run += 1
            if run > 1 or len(row) - x < 3:
                out += bytes([run, row[x]])
                x += run
            else:
                literal = row[x : x + min(7, len(row) - x)]
                out += bytes([0, len(literal)]) + literal.tobytes() + b"\0" * (len(literal) % 2)
                x += len(literal)
        out += b"\0\0"
    return out[:-2] + b"\0\1"


def rle4(indices):
    out = b""
    for row in indices[::-1]:
        for x in range(0, len(row), 6):
            part = row[x : x + 6].tolist()
            if len(part) == 6 and x % 12 == 0:
                out += bytes([0, 6]) + bytes(part[i] << 4 | part[i + 1] for i in (0, 2, 4)) + b"\0"
            else:
                out += b"".join(bytes([1, p << 4]) for p in part)
        out += b"\0\0"
    return out + b"\0\1"


def bmps():
    rgb = photo()
    gray = np.array(image("L"))
    table = np.random.RandomState(5).randint(0, 256, (256, 3)).astype(np.uint8)
    for bits in (1, 4, 8):
        levels = gray >> (8 - bits)
        count = 1 << bits
        colours = b"".join(bytes([*map(int, t), 0]) for t in table[:count])
        data = lines(packed(levels[:, :, None], bits))
        bmp(f"palette{bits}.bmp", WIDTH, HEIGHT, bits, data, palette=colours)
        bmp(f"palette{bits}-os2.bmp", WIDTH, HEIGHT, bits, data, palette=table[:count].tobytes(), size=12)
        grays = b"".join(bytes([v * 255 // (count - 1)] * 3 + [0]) for v in range(count))
        bmp(f"grays{bits}.bmp", WIDTH, HEIGHT, bits, data, palette=grays)
        down = b"".join(row + b"\0" * (-len(row) % 4) for row in packed(levels[:, :, None], bits))
        bmp(f"palette{bits}-topdown.bmp", WIDTH, -HEIGHT, bits, down, palette=colours)
    few = b"".join(bytes([*map(int, t), 0]) for t in table[:100])
    bmp("palette8-100.bmp", WIDTH, HEIGHT, 8, lines(packed((gray % 100)[:, :, None], 8)), palette=few, colours=100)
    bmp("palette8-beyond.bmp", WIDTH, HEIGHT, 8, lines(packed(gray[:, :, None], 8)), palette=few, colours=100)
    blocks = np.repeat(gray[:, ::4] >> 4, 4, axis=1)[:, :WIDTH].copy()
    blocks[3:5] = gray[3:5] >> 4
    whole = b"".join(bytes([*map(int, t), 0]) for t in table)
    bmp("rle8.bmp", WIDTH, HEIGHT, 8, rle8(blocks), compression=1, palette=whole)
    bmp("rle4.bmp", WIDTH, HEIGHT, 4, rle4(blocks), compression=2, palette=whole[:64])
    delta = bytes([5, 9, 0, 2, 3, 2, 4, 7, 0, 0, 3, 1, 0, 1])
    bmp("rle8-delta.bmp", 12, 6, 8, delta, compression=1, palette=whole)
    bmp("rle8-cut.bmp", WIDTH, HEIGHT, 8, rle8(blocks)[:300], compression=1, palette=whole)
    bgr = rgb[:, :, ::-1]
    bmp("rgb24.bmp", WIDTH, HEIGHT, 24, lines(row.tobytes() for row in bgr))
    bmp("rgb24-os2.bmp", WIDTH, HEIGHT, 24, lines(row.tobytes() for row in bgr), size=12)
    bmp("rgb24-topdown.bmp", WIDTH, -HEIGHT, 24, b"".join(row.tobytes() + b"\0" * (-3 * WIDTH % 4) for row in bgr))
    wide = np.dstack([bgr, gray])
    bmp("rgb32.bmp", WIDTH, HEIGHT, 32, lines(row.tobytes() for row in wide))
    bmp("rgb32-topdown.bmp", WIDTH, -HEIGHT, 32, b"".join(row.tobytes() for row in wide))
    r, g, b = (rgb[:, :, c].astype(np.uint16) for c in range(3))
    five = (r >> 3 << 10 | g >> 3 << 5 | b >> 3).astype("<u2")
    six = (r >> 3 << 11 | g >> 2 << 5 | b >> 3).astype("<u2")
    bmp("rgb555.bmp", WIDTH, HEIGHT, 16, lines(row.tobytes() for row in five))
    bmp("fields555.bmp", WIDTH, HEIGHT, 16, lines(row.tobytes() for row in five), compression=3,
        masks=struct.pack("<III", 0x7C00, 0x3E0, 0x1F))
    bmp("fields565.bmp", WIDTH, HEIGHT, 16, lines(row.tobytes() for row in six), compression=3,
        masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F))
    bmp("fields444.bmp", WIDTH, HEIGHT, 16, lines(row.tobytes() for row in five), compression=3,
        masks=struct.pack("<III", 0xF00, 0xF0, 0xF))
    for name, masks in (
        ("bgrx", (0xFF0000, 0xFF00, 0xFF, 0)), ("xbgr", (0xFF000000, 0xFF0000, 0xFF00, 0)), ("rgba", (0xFF, 0xFF00, 0xFF0000, 0xFF000000)),
        ("bgra", (0xFF0000, 0xFF00, 0xFF, 0xFF000000)), ("abgr", (0xFF000000, 0xFF0000, 0xFF00, 0xFF)), ("none", (0, 0, 0, 0)),
        ("ten", (0x3FF00000, 0xFFC00, 0x3FF, 0)),
    ):
        bmp(f"fields-{name}-v4.bmp", WIDTH, HEIGHT, 32, lines(row.tobytes() for row in wide), compression=3,
            masks=struct.pack("<IIII", *masks), size=108)
        bmp(f"fields-{name}-v5.bmp", WIDTH, HEIGHT, 32, lines(row.tobytes() for row in wide), compression=3,
            masks=struct.pack("<IIII", *masks), size=124)
        if masks[3] == 0:
            bmp(f"fields-{name}.bmp", WIDTH, HEIGHT, 32, lines(row.tobytes() for row in wide), compression=3,
                masks=struct.pack("<III", *masks[:3]))
    bmp("rgb24-cut.bmp", WIDTH, HEIGHT, 24, lines(row.tobytes() for row in bgr)[:-500])
    bmp("bits2.bmp", WIDTH, HEIGHT, 2, lines(packed((gray >> 6)[:, :, None], 2)), palette=whole[:16])
    bmp("embedded-png.bmp", 1, 1, 0, read("rgb8.png"), compression=5)
    bmp("embedded-jpeg.bmp", 1, 1, 0, read("plain.jpg"), compression=4)


# ---- GIF -------------------------------------------------------------------------------------


def lzw(indices, size):
    """Codes that are never longer than they must be; a clear code when the table is full."""
    clear, bits, count, value = 1 << size, size + 1, 0, 0
    out = bytearray()

    def put(code):
        nonlocal count, value
        value |= code << count
        count += bits
        while count >= 8:
            out.append(value & 255)
            value >>= 8
            count -= 8

    table = {}
    put(clear)
    text = ()
    for index in indices:
        longer = text + (int(index),)
        if len(longer) == 1 or longer in table:
            text = longer
            continue
        put(table[text] if len(text) > 1 else text[0])
        if len(table) + clear + 2 < 4096:
            table[longer] = clear + 2 + len(table)
            if table[longer] == 1 << bits and bits < 12:
                bits += 1
        text = longer[-1:]
    put(table[text] if len(text) > 1 else text[0])
    put(clear + 1)
    out.append(value & 255)
    return bytes(out)


def gif(name, frame, *, screen=None, at=(0, 0), size=8, palette=None, local=None, transparent=None, interlace=False,
        background=0, version=b"GIF89a", packed_data=None):
    height, width = frame.shape
    screen = screen or (width, height)
    flags = 0x80 | (len(palette) // 3).bit_length() - 2 if palette else 0
    data = version + struct.pack("<HHBBB", *screen, flags, background, 0) + (palette or b"")
    if transparent is not None:
        data += b"\x21\xf9\x04\x01\0\0" + bytes([transparent]) + b"\0"
    data += b"\x21\xfe\x05hello\0"
    flags = (0x80 | (len(local) // 3).bit_length() - 2 if local else 0) | (0x40 if interlace else 0)
    data += b"," + struct.pack("<HHHHB", *at, width, height, flags) + (local or b"")
    order = [*range(0, height, 8), *range(4, height, 8), *range(2, height, 4), *range(1, height, 2)] if interlace else range(height)
    codes = lzw(frame[list(order)].reshape(-1), size) if packed_data is None else packed_data
    data += bytes([size]) + b"".join(bytes([len(codes[i : i + 255])]) + codes[i : i + 255] for i in range(0, len(codes), 255)) + b"\0;"
    write(name, data)


def gifs():
    gray = np.array(image("L"))
    table = np.random.RandomState(9).randint(0, 256, (256, 3)).astype(np.uint8).tobytes()
    other = np.random.RandomState(10).randint(0, 256, (256, 3)).astype(np.uint8).tobytes()
    grays = bytes(v for i in range(256) for v in (i, i, i))
    gif("plain.gif", gray, palette=table)
    gif("gif87a.gif", gray, palette=table, version=b"GIF87a")
    gif("interlaced.gif", gray, palette=table, interlace=True)
    for height in range(1, 10):
        gif(f"interlaced-{height}.gif", gray[:height], palette=table, interlace=True)
    gif("local.gif", gray, palette=table, local=other)
    gif("local-only.gif", gray, local=other)
    gif("no-palette.gif", gray)
    gif("grays.gif", gray, palette=grays, screen=(50, 40), at=(3, 5))
    gif("local-grays.gif", gray, palette=table, local=grays, screen=(50, 40), at=(3, 5))
    gif("short-palette.gif", gray, palette=table[:384])
    gif("local-short.gif", gray, palette=table, local=other[:192])
    gif("four.gif", gray >> 6, palette=table[:12], size=2)
    gif("two.gif", gray >> 7, palette=table[:6], size=2)
    gif("smaller.gif", gray[:20, :30], screen=(WIDTH, HEIGHT), palette=table)
    gif("smaller-background.gif", gray[:20, :30], screen=(WIDTH, HEIGHT), palette=table, background=7)
    gif("offset.gif", gray[:20, :30], screen=(WIDTH, HEIGHT), at=(4, 6), palette=table)
    gif("offset-transparent.gif", gray[:20, :30], screen=(WIDTH, HEIGHT), at=(4, 6), palette=table, transparent=int(gray[3, 3]))
    gif("offset-local-transparent.gif", gray[:20, :30], screen=(WIDTH, HEIGHT), at=(4, 6), palette=table, local=other, transparent=9)
    gif("offset-interlaced.gif", gray[:20, :30], screen=(WIDTH, HEIGHT), at=(4, 6), palette=table, interlace=True, transparent=1)
    gif("transparent.gif", gray, palette=table, transparent=int(gray[0, 0]))
    gif("transparent-beyond.gif", gray[:20, :30] >> 4, screen=(WIDTH, HEIGHT), palette=table[:48], size=4, transparent=200)
    gif("beyond-screen.gif", gray, screen=(20, 10), palette=table)
    gif("beyond-offset.gif", gray, screen=(20, 10), at=(3, 5), palette=table, transparent=3)
    noise = np.random.RandomState(2).randint(0, 256, (200, 211)).astype(np.uint8)
    gif("full-table.gif", noise, palette=table)
    gif("nodata.gif", gray, palette=table, packed_data=b"\x4c\x01")
    gif("end-early.gif", gray, palette=table, packed_data=lzw(gray[:9].reshape(-1), 8))
    frames = [Image.fromarray(photo()).quantize(50), Image.fromarray(255 - photo()).quantize(50)]
    frames[0].save(OUT / "animated.gif", save_all=True, append_images=frames[1:], duration=50)


# ---- others ----------------------------------------------------------------------------------


def others():
    cmyk().save(OUT / "tiff.jpg", "TIFF")
    image().save(OUT / "webp.jpg", "WEBP")
    write("wbmp.jpg", b"\0\0\x10\x09" + bytes(range(18)))


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    jpegs()
    turned()
    pngs()
    bmps()
    gifs()
    others()
    rows = []
    for file in sorted(OUT.iterdir()):
        if file.name in REFUSED:
            continue
        try:
            rows.append(f"{file.name},{golden(file.with_name(PIXELS_OF.get(file.name, file.name)))}")
        except Exception as refusal:  # whatever Pillow refuses is refused here
            print(f"{file.name}: {refusal}")
    (OUT / "pillow.csv").write_text("\n".join(rows) + "\n")


def golden(file):
    shown = ImageOps.exif_transpose(Image.open(file))
    if file.name.startswith("gray16"):
        # Pillow clips 16-bit gray at 255 where everything else takes the high byte: this one is ours.
        shown = Image.fromarray((np.array(shown) >> 8).astype(np.uint8))
    if file.name == "local-grays.gif":
        # Pillow takes the global palette though the frame has one of its own: this one is ours.
        shown = Image.fromarray(np.array(shown))
    shown = shown.convert("RGB")
    return f"{shown.width},{shown.height},{hashlib.sha256(shown.tobytes()).hexdigest()}"


if __name__ == "__main__":
    main()
