package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.code.Assembler.R10;
import static org.resnet4j.onednn.code.Assembler.R11;
import static org.resnet4j.onednn.code.Assembler.R13;
import static org.resnet4j.onednn.code.Assembler.R14;
import static org.resnet4j.onednn.code.Assembler.R15;
import static org.resnet4j.onednn.code.Assembler.R8;
import static org.resnet4j.onednn.code.Assembler.R9;
import static org.resnet4j.onednn.code.Assembler.RAX;
import static org.resnet4j.onednn.code.Assembler.RCX;
import static org.resnet4j.onednn.code.Assembler.RDI;
import static org.resnet4j.onednn.code.Assembler.RDX;
import static org.resnet4j.onednn.code.Assembler.RSI;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.code.Operands;
import org.resnet4j.onednn.code.Simd;
import org.resnet4j.onednn.code.VectorAssembler;

/**
 * A generator of JIT kernels that transform matmul results back to images: Aᵀ·m·A, then an
 * epilogue. Images are {@code [N, C / lanes, H, W, lanes]}.
 */
public final class OutputTransform {
  /** Registers that the filters for outputs leave free. */
  private static final int FREE = 8;

  // Numbers of the operands.
  private static final int CONSTANTS = 1;
  private static final int SCRATCH = 4;
  private static final int STRIPS = 5;
  private static final int BLOCKS = 0;
  private static final int SOURCE = 1;
  private static final int END = 2;
  private static final int IMAGE = 3;
  private static final int ROWS = 4;
  private static final int TAIL = 5;
  private static final int BIAS = 6;
  private static final int HIGH = 7;
  private static final int STRIP = 8;

  private final Simd simd;
  private final Tiles tiles;
  private final TileLayout layout;
  private final Finish finish;
  private final Filter filter;
  private final int vector;

  /** The number of columns of the last tile in a row; 0 if it is full. */
  private final int tail;

  /**
   * Creates a generator.
   *
   * @param layout of the matmul results
   */
  public OutputTransform(Simd simd, Tiles tiles, TileLayout layout, Finish finish) {
    this.simd = simd;
    this.tiles = tiles;
    this.layout = layout;
    this.finish = finish;
    filter = FiltersBySize.of(tiles.side()).outputs();
    vector = simd.bytes();
    tail = tiles.width() % tiles.side();
  }

  /**
   * The epilogue.
   *
   * @param bias whether to add a bias, one for each channel
   * @param add whether to add the images' old values
   * @param low smaller results become it; 0 or negative infinity
   * @param high larger results become it
   */
  public record Finish(boolean bias, boolean add, float low, float high) {}

  /** Returns scratch memory for one thread. */
  public Scratch scratch() {
    return new Scratch((long) tiles.side() * tiles.reach() * vector);
  }

  /**
   * Returns operands for the tiles {@code from} (inclusive) to {@code to} (exclusive).
   *
   * @param products matmul results in the layout, the first tile first
   * @param channels of the images
   * @param bias floats, one for each channel of the images; null for none
   */
  public Operands operands(
      Floats products,
      int from,
      int to,
      Floats images,
      Range channels,
      @Nullable Floats bias,
      Scratch scratch) {
    check(products, from, to, images, channels, bias);
    List<Strips.Strip> strips = Strips.of(tiles, from, to);
    long[] values = new long[STRIPS + STRIP * strips.size()];
    values[0] = strips.size();
    long[] constants = filter.packed();
    System.arraycopy(constants, 0, values, CONSTANTS, constants.length);
    values[SCRATCH] = scratch.address();
    for (int i = 0; i < strips.size(); i++) {
      long[] strip = strip(strips.get(i), products.address(), images.address(), channels);
      strip[BIAS] = bias == null ? 0 : bias.address() + (long) channels.first() * Float.BYTES;
      System.arraycopy(strip, 0, values, STRIPS + STRIP * i, STRIP);
    }
    return new Operands(values);
  }

  private long[] strip(Strips.Strip strip, long products, long images, Range channels) {
    long[] values = new long[STRIP];
    boolean hasTail = tail > 0 && strip.end() == tiles.perRow();
    int full = strip.end() - strip.first() - (hasTail ? 1 : 0);
    values[BLOCKS] = channels.count() / simd.lanes();
    values[SOURCE] = products + (long) strip.index() * layout.tile();
    values[END] = values[SOURCE] + (long) full * layout.tile();
    long block =
        (long) strip.image() * (channels.all() / simd.lanes()) + channels.first() / simd.lanes();
    long pixel =
        (block * tiles.height() + strip.y()) * tiles.width() + (long) strip.first() * tiles.side();
    values[IMAGE] = images + pixel * vector;
    values[ROWS] = Math.min(tiles.side(), tiles.height() - strip.y());
    values[TAIL] = hasTail ? 1 : 0;
    values[HIGH] = Float.floatToRawIntBits(finish.high);
    return values;
  }

  /** Checks the ranges; the kernels do not check addresses. */
  private void check(
      Floats products, int from, int to, Floats images, Range channels, @Nullable Floats bias) {
    channels.require();
    if (channels.count() != layout.channels()
        || from < 0
        || to > tiles.count()
        || to - from > layout.count()
        || finish.bias != (bias != null)) {
      throw new IndexOutOfBoundsException(
          "%s of tiles %s to %s from %s".formatted(channels, from, to, layout));
    }
    images.require((long) tiles.images() * channels.all() * tiles.height() * tiles.width());
    products.require(layout.floats(tiles));
    if (bias != null) {
      bias.require(channels.all());
    }
  }

  /** Returns the code of a kernel on {@link #operands}. */
  public VectorAssembler code() {
    VectorAssembler to = new VectorAssembler(simd);
    filter.emitConstants(to, RDI, at(CONSTANTS));
    to.load(R13, RDI, 0);
    to.load(RSI, RDI, at(SCRATCH));
    to.move(R14, RDI);
    to.addNumber(R14, at(STRIPS));
    int strip = to.here();
    to.load(R15, R14, at(SOURCE));
    to.load(R9, R14, at(END));
    to.load(R8, R14, at(IMAGE));
    to.load(RCX, R14, at(BIAS));
    to.load(RAX, R14, at(ROWS));
    to.load(RDI, R14, at(BLOCKS));
    int block = to.here();
    strip(to);
    to.addNumber(R15, layout.block());
    to.addNumber(R9, layout.block());
    to.addNumber(R8, Math.multiplyExact(tiles.height() * tiles.width(), vector));
    to.addNumber(RCX, vector);
    to.decrement(RDI);
    to.jumpIfNotZero(block);
    to.addNumber(R14, at(STRIP));
    to.decrement(R13);
    to.jumpIfNotZero(strip);
    to.end();
    return to;
  }

  /** Emits the tiles of a strip in one block of channels. */
  private void strip(VectorAssembler to) {
    to.move(R11, R15);
    to.move(R10, R8);
    int next = to.here();
    to.compare(R11, R9);
    int end = to.jumpUnlessLess();
    tile(to, tiles.side());
    to.addNumber(R11, layout.tile());
    to.addNumber(R10, tiles.side() * vector);
    to.jump(next);
    to.land(end);
    if (tail > 0) {
      to.moveNumber(RDX, 0);
      to.compareMemory(RDX, R14, at(TAIL));
      int none = to.jumpUnlessLess();
      tile(to, tail);
      to.land(none);
    }
  }

  /** Emits a tile of which {@code columns} are within the image. */
  private void tile(VectorAssembler to, int columns) {
    int reach = tiles.reach();
    for (int column = 0; column < reach; column++) {
      for (int i = 0; i < reach; i++) {
        to.loadVector(i, R11, Math.multiplyExact(i * reach + column, layout.component()));
      }
      int at = column;
      filter.emit(
          to, (result, register) -> to.storeVector(register, RSI, (result * reach + at) * vector));
    }
    for (int row = 0; row < tiles.side(); row++) {
      boolean always = row == 0 || tiles.height() % tiles.side() == 0;
      int outside = always ? 0 : jumpUnlessRow(to, row);
      row(to, row, columns);
      if (!always) {
        to.land(outside);
      }
    }
  }

  /** Emits a jump over a row that is outside the image. */
  private static int jumpUnlessRow(VectorAssembler to, int row) {
    to.moveNumber(RDX, row);
    to.compare(RDX, RAX);
    return to.jumpUnlessLess();
  }

  /** Emits the pass along one row of a tile, and the epilogue. */
  private void row(VectorAssembler to, int row, int columns) {
    for (int i = 0; i < tiles.reach(); i++) {
      to.loadVector(i, RSI, (row * tiles.reach() + i) * vector);
    }
    filter.emit(
        to,
        (result, register) -> {
          if (result < columns) {
            finish(to, register, (row * tiles.width() + result) * vector);
          }
        });
  }

  private void finish(VectorAssembler to, int register, int distance) {
    if (finish.bias) {
      to.addVector(register, register, RCX, 0);
    }
    if (finish.add) {
      to.addVector(register, register, R10, distance);
    }
    // With the result as the second operand, NaN stays NaN.
    if (finish.low == 0) {
      to.zeroVector(FREE);
      to.maximum(register, FREE, register);
    }
    if (finish.high < Float.POSITIVE_INFINITY) {
      to.broadcast(FREE + 1, R14, at(HIGH));
      to.minimum(register, FREE + 1, register);
    }
    to.storeVector(register, R10, distance);
  }

  /** Returns the offset of an operand in bytes. */
  private static int at(int number) {
    return number * Long.BYTES;
  }
}
