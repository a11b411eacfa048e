package org.resnet4j.image;

import java.util.ArrayDeque;
import java.util.Deque;

/** The lossless form of WebP, as its specification describes it. */
final class Vp8lFrame {
  private static final int LITERALS = 256;
  private static final int LENGTHS = 24;
  private static final int DISTANCES = 40;
  private static final int MOST_CACHE_BITS = 11;

  /** The largest memory of all prefix codes in bytes. */
  private static final int MOST_CODES = 1 << 27;

  /** The places of the nearest pixels, {@code rows above × 16 + 8 - columns to the left}. */
  private static final String NEAREST =
      "1807171928062729161a262a38053739151b363a252b48044749141c353b464a242c58454b343c03"
          + "5759131d565a232d444c555b333d68026769121e666a222e545c434d656b323e78017779535d111f"
          + "646c424e767a212f757b313f636d525e00747c414f1020626e30737d515f40727e616f50717f6070";

  private static final int NEAR = NEAREST.length() / 2;

  private final Vp8lBits bits;
  private final Deque<Vp8lTransform> transforms = new ArrayDeque<>();
  private long codeMemory;

  private Vp8lFrame(Vp8lBits bits) {
    this.bits = bits;
  }

  static Image decode(String where, byte[] bytes, int from, int to) throws DataFormatException {
    Vp8lFrame frame = new Vp8lFrame(new Vp8lBits(where, bytes, from + 1, to));
    int width = 1 + frame.bits.number(14);
    int height = 1 + frame.bits.number(14);
    frame.bits.number(4); // alpha and version
    return WebpImage.unpacked(frame.pixels(width, height), width, height);
  }

  private int[] pixels(int width, int height) throws DataFormatException {
    int packed = width;
    int seen = 0;
    while (bits.flag()) {
      int kind = bits.number(2);
      if ((seen & (1 << kind)) != 0) {
        throw bits.broken("expected each transform of the WebP file once");
      }
      seen |= 1 << kind;
      transforms.push(transform(kind, packed, height));
      packed = transforms.element().stored();
    }
    int[] pixels = data(packed, height, true);
    for (Vp8lTransform transform : transforms) {
      pixels = transform.inverse(pixels);
    }
    return pixels;
  }

  private Vp8lTransform transform(int kind, int width, int height) throws DataFormatException {
    if (kind == Vp8lTransform.SUBTRACT_GREEN) {
      return new Vp8lTransform(kind, width, height, 0, new int[0]);
    }
    if (kind == Vp8lTransform.PALETTE) {
      int colours = 1 + bits.number(8);
      int shift = colours > 16 ? 0 : colours > 4 ? 1 : colours > 2 ? 2 : 3;
      int[] differences = data(colours, 1, false);
      return new Vp8lTransform(
          kind, width, height, shift, Vp8lTransform.palette(differences, shift));
    }
    int shift = 2 + bits.number(3);
    int[] data = data(Vp8lTransform.tiles(width, shift), Vp8lTransform.tiles(height, shift), false);
    return new Vp8lTransform(kind, width, height, shift, data);
  }

  /** Reads pixels: those of the image, or those that describe it. */
  private int[] data(int width, int height, boolean whole) throws DataFormatException {
    boolean cached = bits.flag();
    int cacheBits = cached ? bits.number(4) : 0;
    if (cacheBits > MOST_CACHE_BITS || (cacheBits == 0 && cached)) {
      throw bits.broken("expected a colour cache of 1 to 11 bits in the WebP file");
    }
    int shift = 0;
    int[] groups = {};
    if (whole && bits.flag()) {
      shift = 2 + bits.number(3);
      groups = data(Vp8lTransform.tiles(width, shift), Vp8lTransform.tiles(height, shift), false);
    }
    Vp8lCode[][] codes = codes(groups, cacheBits);
    int[] pixels = new int[Math.multiplyExact(width, height)];
    int[] cache = new int[cacheBits == 0 ? 0 : 1 << cacheBits];
    int filled = 0;
    int across = Vp8lTransform.tiles(width, shift);
    for (int at = 0; at < pixels.length; ) {
      int group =
          groups.length == 0
              ? 0
              : (groups[((at / width) >> shift) * across + ((at % width) >> shift)] >> 8) & 0xffff;
      Vp8lCode[] code = codes[group];
      int symbol = code[0].symbol(bits);
      if (symbol < LITERALS) {
        int red = code[1].symbol(bits);
        int blue = code[2].symbol(bits);
        pixels[at++] = (code[3].symbol(bits) << 24) | (red << 16) | (symbol << 8) | blue;
      } else if (symbol < LITERALS + LENGTHS) {
        int length = prefixed(symbol - LITERALS);
        int distance = distance(prefixed(code[4].symbol(bits)), width);
        if (distance > at || length > pixels.length - at) {
          throw bits.broken("expected references within the WebP image");
        }
        for (int i = 0; i < length; i++, at++) {
          pixels[at] = pixels[at - distance];
        }
      } else {
        for (; filled < at; filled++) {
          cache[(pixels[filled] * 0x1e35a7bd) >>> (32 - cacheBits)] = pixels[filled];
        }
        pixels[at++] = cache[symbol - LITERALS - LENGTHS];
      }
    }
    return pixels;
  }

  /** Reads the prefix codes of the groups that are used; the others are empty. */
  private Vp8lCode[][] codes(int[] groups, int cacheBits) throws DataFormatException {
    int count = 1;
    for (int group : groups) {
      count = Math.max(count, 1 + ((group >> 8) & 0xffff));
    }
    boolean[] used = new boolean[count];
    used[0] = groups.length == 0;
    for (int group : groups) {
      used[(group >> 8) & 0xffff] = true;
    }
    int[] sizes = {
      LITERALS + LENGTHS + (cacheBits == 0 ? 0 : 1 << cacheBits),
      LITERALS,
      LITERALS,
      LITERALS,
      DISTANCES
    };
    Vp8lCode[][] codes = new Vp8lCode[count][];
    for (int group = 0; group < count; group++) {
      Vp8lCode[] read = new Vp8lCode[sizes.length];
      long memory = 0;
      for (int i = 0; i < sizes.length; i++) {
        read[i] = Vp8lCode.read(bits, sizes[i]);
        memory += read[i].memory();
      }
      if (used[group]) {
        codes[group] = read;
        codeMemory += memory;
      }
      if (codeMemory > MOST_CODES) {
        throw bits.broken(
            "expected at most " + MOST_CODES + " bytes of prefix codes in the WebP file");
      }
    }
    return codes;
  }

  /** Reads a length or a distance after its symbol. */
  private int prefixed(int symbol) throws DataFormatException {
    if (symbol < 4) {
      return symbol + 1;
    }
    int extra = (symbol - 2) >> 1;
    return ((2 + (symbol & 1)) << extra) + bits.number(extra) + 1;
  }

  private static int distance(int code, int width) {
    if (code > NEAR) {
      return code - NEAR;
    }
    int at = 2 * (code - 1);
    int rows = Character.digit(NEAREST.charAt(at), 16);
    int columns = 8 - Character.digit(NEAREST.charAt(at + 1), 16);
    return Math.max(1, rows * width + columns);
  }
}
