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
import org.resnet4j.onednn.code.Operands;
import org.resnet4j.onednn.code.Simd;
import org.resnet4j.onednn.code.VectorAssembler;

/**
 * A generator of JIT kernels that transform images to tiles: Bᵀ·d·B of inputs, or A·y·Aᵀ of
 * gradients of outputs. Images are {@code [N, C / lanes, H, W, lanes]}; pixels outside them are
 * zeros. A kernel filters strips of tiles along their columns into scratch memory, then along their
 * rows.
 */
public final class InputTransform {
  /** The registers with the addresses of the rows of pixels. */
  private static final List<Integer> ROWS = List.of(RAX, RCX, RDX, RSI, R8, R9);

  // Numbers of the operands.
  private static final int CONSTANTS = 1;
  private static final int STRIPS = 4;
  private static final int BLOCKS = 0;
  private static final int INTO = 1;
  private static final int COLUMNS = 2;
  private static final int WRITTEN = 3;
  private static final int READ = 4;
  private static final int READ_END = 5;
  private static final int FIRST_ROW = 6;
  private static final int FIRST_STEP = FIRST_ROW + 6;
  private static final int STRIP = FIRST_STEP + 6;

  private final Simd simd;
  private final Tiles tiles;
  private final TileLayout layout;
  private final Filter filter;

  /** The number of pixels that a tile reads beyond its own, on each side. */
  private final int around;

  private final int vector;

  /** The distance of rows of the scratch memory in bytes. */
  private final int rowPitch;

  /**
   * Creates a generator.
   *
   * @param gradients whether images are gradients of outputs
   * @param layout of the transformed tiles
   */
  public InputTransform(Simd simd, Tiles tiles, boolean gradients, TileLayout layout) {
    this.simd = simd;
    this.tiles = tiles;
    this.layout = layout;
    Filters filters = FiltersBySize.of(tiles.side());
    filter = gradients ? filters.gradients() : filters.inputs();
    around = gradients ? 0 : 1;
    vector = simd.bytes();
    rowPitch = (tiles.perRow() * tiles.side() + 2) * vector;
  }

  /**
   * Returns scratch memory for one thread: filtered rows with a column of zeros on each side, and
   * one row of zeros.
   */
  public Scratch scratch() {
    return new Scratch((long) rowPitch * (tiles.reach() + 1));
  }

  /**
   * Returns operands for the tiles {@code from} (inclusive) to {@code to} (exclusive).
   *
   * @param channels of the images
   * @param transformed memory in the layout, the first tile first
   */
  public Operands operands(
      Floats images, Range channels, int from, int to, Floats transformed, Scratch scratch) {
    check(images, channels, from, to, transformed);
    List<Strips.Strip> strips = Strips.of(tiles, from, to);
    long[] values = new long[STRIPS + STRIP * strips.size()];
    values[0] = strips.size();
    long[] constants = filter.packed();
    System.arraycopy(constants, 0, values, CONSTANTS, constants.length);
    for (int i = 0; i < strips.size(); i++) {
      long[] strip = strip(strips.get(i), images, channels, scratch.address());
      strip[INTO] = transformed.address() + (long) strips.get(i).index() * layout.tile();
      System.arraycopy(strip, 0, values, STRIPS + STRIP * i, STRIP);
    }
    return new Operands(values);
  }

  private long[] strip(Strips.Strip strip, Floats images, Range channels, long scratch) {
    long[] values = new long[STRIP];
    int side = tiles.side();
    int start = Math.max(0, strip.first() * side - around);
    int end = Math.min(tiles.width(), strip.end() * side + around);
    values[BLOCKS] = channels.count() / simd.lanes();
    values[COLUMNS] = (long) (end - start) * vector;
    values[WRITTEN] = scratch + (start + 1L) * vector;
    values[READ] = scratch + ((long) strip.first() * side + 1 - around) * vector;
    values[READ_END] = values[READ] + (long) (strip.end() - strip.first()) * side * vector;
    long plane = (long) tiles.height() * tiles.width() * vector;
    long blocks = channels.all() / simd.lanes();
    long block = strip.image() * blocks + channels.first() / simd.lanes();
    for (int i = 0; i < filter.from(); i++) {
      int y = strip.y() - around + i;
      boolean inside = y >= 0 && y < tiles.height();
      values[FIRST_ROW + i] =
          inside
              ? images.address() + block * plane + ((long) y * tiles.width() + start) * vector
              : scratch + (long) rowPitch * tiles.reach();
      values[FIRST_STEP + i] = inside ? plane : 0;
    }
    return values;
  }

  /** Checks the ranges; the kernels do not check addresses. */
  private void check(Floats images, Range channels, int from, int to, Floats transformed) {
    channels.require();
    if (channels.count() != layout.channels()
        || from < 0
        || to > tiles.count()
        || to - from > layout.count()) {
      throw new IndexOutOfBoundsException(
          "%s of tiles %s to %s into %s".formatted(channels, from, to, layout));
    }
    images.require((long) tiles.images() * channels.all() * tiles.height() * tiles.width());
    transformed.require(layout.floats(tiles));
  }

  /** Returns the code of a kernel on {@link #operands}. */
  public VectorAssembler code() {
    VectorAssembler to = new VectorAssembler(simd);
    filter.emitConstants(to, RDI, at(CONSTANTS));
    to.load(R13, RDI, 0);
    to.move(R14, RDI);
    to.addNumber(R14, at(STRIPS));
    int strip = to.here();
    for (int i = 0; i < filter.from(); i++) {
      to.load(ROWS.get(i), R14, at(FIRST_ROW + i));
    }
    to.load(R15, R14, at(INTO));
    to.load(RDI, R14, at(BLOCKS));
    int block = to.here();
    columns(to);
    rows(to);
    for (int i = 0; i < filter.from(); i++) {
      to.addMemory(ROWS.get(i), R14, at(FIRST_STEP + i));
    }
    to.addNumber(R15, layout.block());
    to.decrement(RDI);
    to.jumpIfNotZero(block);
    to.addNumber(R14, at(STRIP));
    to.decrement(R13);
    to.jumpIfNotZero(strip);
    to.end();
    return to;
  }

  /** Emits the pass along columns, from images to scratch memory. */
  private void columns(VectorAssembler to) {
    to.load(R11, R14, at(WRITTEN));
    to.moveNumber(R10, 0);
    int column = to.here();
    for (int i = 0; i < filter.from(); i++) {
      to.loadVector(i, ROWS.get(i), R10, 0);
    }
    filter.emit(to, (result, register) -> to.storeVector(register, R11, R10, result * rowPitch));
    to.addNumber(R10, vector);
    to.compareMemory(R10, R14, at(COLUMNS));
    to.jumpIfLess(column);
  }

  /** Emits the pass along rows, from scratch memory to transformed tiles. */
  private void rows(VectorAssembler to) {
    to.load(R11, R14, at(READ));
    to.move(R10, R15);
    int tile = to.here();
    for (int row = 0; row < filter.to(); row++) {
      for (int i = 0; i < filter.from(); i++) {
        to.loadVector(i, R11, row * rowPitch + i * vector);
      }
      int first = row * filter.to();
      filter.emit(
          to,
          (result, register) ->
              to.storeVector(
                  register, R10, Math.multiplyExact(first + result, layout.component())));
    }
    to.addNumber(R10, layout.tile());
    to.addNumber(R11, tiles.side() * vector);
    to.compareMemory(R11, R14, at(READ_END));
    to.jumpIfLess(tile);
  }

  /** Returns the offset of an operand in bytes. */
  private static int at(int number) {
    return number * Long.BYTES;
  }
}
