package org.resnet4j.image;

import java.util.Arrays;
import org.resnet4j.arch.Shape;

/**
 * A VP8 key frame, the lossy form of WebP (RFC 6386). Every byte equals libwebp's, whose
 * interpolation of chroma and conversion to RGB are followed.
 */
final class Vp8Frame {
  /** The tree of modes of a 4×4 block: the next node, or the complement of a mode. */
  private static final int[] SMALL_MODES = {
    ~0, 1, ~1, 2, ~2, 3, 4, 6, ~3, 5, ~4, ~5, ~6, 7, ~7, 8, ~8, ~9
  };

  private static final int MODES = 10;
  private static final int MODE_NODES = 9;
  private final int width;
  private final int height;
  private final int across;
  private final int down;
  private final Vp8Header header;
  private final Vp8Plane[] planes;

  /** The modes of the 4×4 blocks above and to the left. */
  private final int[] modesAbove;

  private final int[] modesLeft = new int[4];

  private final Vp8Coefficients coefficients;

  /** The modes of the 4×4 blocks of a macroblock. */
  private final int[] small = new int[16];

  private Vp8Frame(int width, int height, Vp8Header header) {
    this.width = width;
    this.height = height;
    this.header = header;
    across = (width + 15) / 16;
    down = (height + 15) / 16;
    planes =
        new Vp8Plane[] {
          new Vp8Plane(16 * across, 16 * down),
          new Vp8Plane(8 * across, 8 * down),
          new Vp8Plane(8 * across, 8 * down)
        };
    modesAbove = new int[4 * across];
    coefficients = new Vp8Coefficients(header, across);
  }

  /** Decodes the frame from {@code from} to {@code to}, whose sizes are known to be valid. */
  static Image decode(String where, byte[] bytes, int from, int to, int width, int height)
      throws DataFormatException {
    Vp8Frame frame = new Vp8Frame(width, height, Vp8Header.of(where, bytes, from, to));
    Vp8Filter[] filters = new Vp8Filter[frame.across * frame.down];
    boolean[] inside = new boolean[filters.length];
    for (int y = 0; y < frame.down; y++) {
      frame.row(where, to, y, filters, inside);
    }
    frame.filter(filters, inside);
    return frame.colours();
  }

  private void row(String where, int end, int y, Vp8Filter[] filters, boolean[] inside)
      throws DataFormatException {
    Vp8Bits tokens = header.tokens()[y & (header.tokens().length - 1)];
    Arrays.fill(modesLeft, 0);
    coefficients.startRow();
    for (int x = 0; x < across; x++) {
      Vp8Bits modes = header.modes();
      int segment = segment(modes);
      boolean empty = header.skip() >= 0 && modes.bit(header.skip()) != 0;
      int mode = mode(modes, x);
      int chroma =
          modes.bit(142) == 0
              ? Vp8Plane.DC
              : modes.bit(114) == 0
                  ? Vp8Plane.VERTICAL
                  : modes.bit(183) != 0 ? Vp8Plane.TRUE_MOTION : Vp8Plane.HORIZONTAL;
      boolean some = coefficients.read(tokens, x, segment, mode < 0, empty);
      predict(x, y, mode, chroma);
      if (tokens.isPast() || modes.isPast()) {
        throw WebpImage.cut(where, end);
      }
      filters[y * across + x] = header.filters()[segment][mode < 0 ? 1 : 0];
      inside[y * across + x] = mode < 0 || some;
    }
  }

  private int segment(Vp8Bits modes) {
    int[] tree = header.segmentTree();
    if (tree.length == 0) {
      return 0;
    }
    return modes.bit(tree[0]) == 0 ? modes.bit(tree[1]) : 2 + modes.bit(tree[2]);
  }

  /** Returns the mode of a macroblock, or -1 after those of its 4×4 blocks were read. */
  private int mode(Vp8Bits modes, int x) {
    if (modes.bit(145) != 0) {
      int mode =
          modes.bit(156) != 0
              ? modes.bit(128) != 0 ? Vp8Plane.TRUE_MOTION : Vp8Plane.HORIZONTAL
              : modes.bit(163) != 0 ? Vp8Plane.VERTICAL : Vp8Plane.DC;
      Arrays.fill(modesAbove, 4 * x, 4 * x + 4, mode);
      Arrays.fill(modesLeft, mode);
      return mode;
    }
    for (int i = 0; i < 16; i++) {
      int above = 4 * x + (i & 3);
      int table = (modesAbove[above] * MODES + modesLeft[i >> 2]) * MODE_NODES;
      int node = 0;
      do {
        node = SMALL_MODES[2 * node + modes.bit(Vp8Tables.MODES[table + node])];
      } while (node > 0);
      small[i] = ~node;
      modesAbove[above] = ~node;
      modesLeft[i >> 2] = ~node;
    }
    return -1;
  }

  private void predict(int x, int y, int mode, int chroma) {
    Vp8Plane luma = planes[0];
    int start = luma.origin + 16 * (y * luma.stride + x);
    if (mode >= 0) {
      luma.predict(mode, start, 16, y > 0, x > 0);
    }
    for (int i = 0; i < 16; i++) {
      int at = start + 4 * ((i >> 2) * luma.stride + (i & 3));
      if (mode < 0) {
        int right = at - luma.stride + 4;
        if ((i & 3) == 3) {
          right = start - luma.stride + 16; // always above the macroblock
          if (y > 0 && x == across - 1) {
            right = ~(right - 1);
          }
        }
        luma.predictSmall(small[i], at, right);
      }
      coefficients.add(i, luma, at);
    }
    for (int c = 0; c < 2; c++) {
      Vp8Plane plane = planes[1 + c];
      int from = plane.origin + 8 * (y * plane.stride + x);
      plane.predict(chroma, from, 8, y > 0, x > 0);
      for (int i = 0; i < 4; i++) {
        int at = from + 4 * ((i >> 1) * plane.stride + (i & 1));
        coefficients.add(16 + 4 * c + i, plane, at);
      }
    }
  }

  private void filter(Vp8Filter[] filters, boolean[] inside) {
    int filtered = header.simpleFilter() ? 1 : 3;
    for (int i = 0; i < filters.length; i++) {
      int x = i % across;
      int y = i / across;
      for (int c = 0; c < filtered; c++) {
        int size = c == 0 ? 16 : 8;
        Vp8Plane plane = planes[c];
        int start = plane.origin + size * (y * plane.stride + x);
        filters[i].apply(plane, start, size, header.simpleFilter(), x > 0, y > 0, inside[i]);
      }
    }
  }

  /** Returns the pixels in RGB, with chroma interpolated between the four nearest samples. */
  private Image colours() {
    Image image = new Image(new Shape(3, height, width), new byte[3 * width * height]);
    int plane = width * height;
    int lastX = (width - 1) / 2;
    int lastY = (height - 1) / 2;
    Vp8Plane luma = planes[0];
    for (int y = 0; y < height; y++) {
      int near = y / 2;
      int far = Math.max(0, Math.min(lastY, near + (y & 1) * 2 - 1));
      for (int x = 0; x < width; x++) {
        int beside = Math.max(0, Math.min(lastX, x / 2 + (x & 1) * 2 - 1));
        int u = chroma(planes[1], near, far, x / 2, beside);
        int v = chroma(planes[2], near, far, x / 2, beside);
        int light = ((luma.pixels[luma.origin + y * luma.stride + x] & 0xff) * 19077) >> 8;
        int at = y * width + x;
        image.pixels()[at] = colour(light + ((v * 26149) >> 8) - 14234);
        image.pixels()[plane + at] = colour(light - ((u * 6419) >> 8) - ((v * 13320) >> 8) + 8708);
        image.pixels()[2 * plane + at] = colour(light + ((u * 33050) >> 8) - 17685);
      }
    }
    return image;
  }

  private static int chroma(Vp8Plane plane, int near, int far, int x, int beside) {
    int row = plane.origin + near * plane.stride;
    int other = plane.origin + far * plane.stride;
    byte[] p = plane.pixels;
    int sum =
        9 * (p[row + x] & 0xff)
            + 3 * (p[row + beside] & 0xff)
            + 3 * (p[other + x] & 0xff)
            + (p[other + beside] & 0xff);
    return (sum + 8) >> 4;
  }

  private static byte colour(int value) {
    return (byte) Vp8Plane.clipped(value >> 6);
  }
}
