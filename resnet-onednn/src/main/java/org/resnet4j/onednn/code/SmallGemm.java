package org.resnet4j.onednn.code;

import static org.resnet4j.onednn.code.Assembler.R10;
import static org.resnet4j.onednn.code.Assembler.R11;
import static org.resnet4j.onednn.code.Assembler.R12;
import static org.resnet4j.onednn.code.Assembler.R13;
import static org.resnet4j.onednn.code.Assembler.R14;
import static org.resnet4j.onednn.code.Assembler.R15;
import static org.resnet4j.onednn.code.Assembler.R8;
import static org.resnet4j.onednn.code.Assembler.R9;
import static org.resnet4j.onednn.code.Assembler.RAX;
import static org.resnet4j.onednn.code.Assembler.RBP;
import static org.resnet4j.onednn.code.Assembler.RBX;
import static org.resnet4j.onednn.code.Assembler.RCX;
import static org.resnet4j.onednn.code.Assembler.RDI;
import static org.resnet4j.onednn.code.Assembler.RDX;
import static org.resnet4j.onednn.code.Assembler.RSI;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A generator of JIT kernels that multiply matrices in panels of sixteen columns (docs/adr/0012).
 * With AVX-512, 28 rows of one vector stay in registers; with AVX2, six rows of two vectors. The
 * rows of a panel are computed group by group while the panel's weights stay in a cache.
 */
public final class SmallGemm {
  /** The number of columns in a panel. */
  public static final int PANEL = 16;

  /** The number of registers for weights, broadcast values, zeros and the upper bound. */
  private static final int OTHERS = 4;

  // Offsets within the operands, in bytes.
  private static final int FIRST_PART = 8;
  private static final int SEGMENTS = 0;
  private static final int WEIGHTS = 8;
  private static final int BIAS = 16;
  private static final int RESULTS = 24;
  private static final int PANELS = 32;
  private static final int HIGH = 40;
  private static final int PART = 48;

  private final VectorAssembler to;
  private final GemmShape shape;

  /** The number of vectors in a row of a panel. */
  private final int width;

  /** The first of {@link #OTHERS} registers that hold no sums. */
  private final int others;

  private SmallGemm(Simd simd, GemmShape shape) {
    this.shape = shape;
    to = new VectorAssembler(simd);
    width = PANEL / simd.lanes();
    others = simd.registers() - OTHERS;
  }

  /**
   * The operands of a product. The kernel does not check addresses.
   *
   * @param segments addresses of the left matrix
   * @param weights address of the first panel
   * @param bias address of sixteen floats for each panel; 0 without bias
   * @param results address of the first panel's product
   * @param panels number of panels
   */
  public record Product(long[] segments, long weights, long bias, long results, int panels) {
    /** Returns a share of the panels for each of {@code threads} threads. */
    public List<Product> shares(GemmShape shape, int threads) {
      int parts = Math.min(panels, threads);
      return IntStream.range(0, parts)
          .mapToObj(
              i ->
                  some(
                      shape,
                      (int) ((long) panels * i / parts),
                      (int) ((long) panels * (i + 1) / parts)))
          .toList();
    }

    private Product some(GemmShape shape, int first, int end) {
      return new Product(
          segments,
          weights + (long) first * shape.weights().panel(),
          bias + (long) first * PANEL * Float.BYTES,
          results + (long) first * shape.results().panel(),
          end - first);
    }
  }

  /** Returns operands for several products of one kernel. */
  public static Operands operands(GemmShape shape, List<Product> products) {
    int table = (FIRST_PART + PART * products.size()) / Long.BYTES;
    int segments = products.stream().mapToInt(product -> product.segments.length).sum();
    Operands operands = new Operands(new long[table + segments]);
    operands.set(0, products.size());
    int at = table;
    for (int i = 0; i < products.size(); i++) {
      Product product = products.get(i);
      int part = (FIRST_PART + PART * i) / Long.BYTES;
      operands.set(
          part,
          operands.address() + (long) at * Long.BYTES,
          product.weights,
          product.bias,
          product.results,
          product.panels,
          Float.floatToRawIntBits(shape.end().high()));
      operands.set(at, product.segments);
      at += product.segments.length;
    }
    return operands;
  }

  /** Returns the code of a kernel on {@link #operands}. */
  public static VectorAssembler code(Simd simd, GemmShape shape) {
    SmallGemm gemm = new SmallGemm(simd, shape);
    gemm.products();
    return gemm.to;
  }

  private void products() {
    List<Integer> saved = List.of(RBX, RBP, R12);
    saved.forEach(to::push);
    to.load(RBP, RDI, 0);
    to.move(R11, RDI);
    to.addNumber(R11, FIRST_PART);
    int part = to.here();
    to.load(R12, R11, WEIGHTS);
    to.load(R13, R11, BIAS);
    to.load(R14, R11, RESULTS);
    to.load(RBX, R11, PANELS);
    int panel = to.here();
    segments();
    to.addNumber(R13, PANEL * Float.BYTES);
    to.addNumber(R14, shape.results().panel());
    to.decrement(RBX);
    to.jumpIfNotZero(panel);
    to.addNumber(R11, PART);
    to.decrement(RBP);
    to.jumpIfNotZero(part);
    to.pop(R12);
    to.pop(RBP);
    to.pop(RBX);
    to.end();
  }

  /** Emits all segments of a panel; the first begins the sums and the last ends them. */
  private void segments() {
    to.load(RSI, R11, SEGMENTS);
    to.move(RDX, R12);
    int segments = shape.left().segments();
    segment(true, segments == 1);
    if (segments > 2) {
      to.moveNumber(R10, segments - 2);
      int next = to.here();
      segment(false, false);
      to.decrement(R10);
      to.jumpIfNotZero(next);
    }
    if (segments > 1) {
      segment(false, true);
    }
    to.addNumber(R12, shape.weights().panel());
  }

  /** Emits a segment for all rows. */
  private void segment(boolean begins, boolean ends) {
    int rows = others / width;
    for (RowGroups.Run run :
        RowGroups.of(
            shape.left().rows(), shape.results().rows(), rows, shape.weights().prefetched())) {
      to.load(R15, RSI, 0);
      to.move(RCX, R14);
      to.moveNumber(RDI, run.count());
      int next = to.here();
      group(run.first(), run.end(), begins, ends);
      to.addNumber(R15, run.fromStep());
      to.addNumber(RCX, run.intoStep());
      to.decrement(RDI);
      to.jumpIfNotZero(next);
    }
    to.addNumber(RSI, Long.BYTES);
    to.addNumber(RDX, shape.left().columns() * shape.weights().row());
  }

  /** Emits the rows {@code first} (inclusive) to {@code end} (exclusive) of a segment. */
  private void group(int first, int end, boolean begins, boolean ends) {
    for (int i = 0; i < (end - first) * width; i++) {
      begin(i, into(first, i), begins);
    }
    to.move(RAX, R15);
    to.move(R9, RDX);
    columns(first, end);
    if (ends) {
      bounds();
    }
    for (int i = 0; i < (end - first) * width; i++) {
      if (ends) {
        clip(i);
      }
      to.storeVector(i, RCX, into(first, i));
    }
  }

  /** Returns the distance of a sum's place from the start of the panel's results. */
  private int into(int first, int sum) {
    return shape.results().rows()[first + sum / width] + sum % width * shape.results().vector();
  }

  /** Emits the start value of a sum. */
  private void begin(int sum, int into, boolean begins) {
    if (!begins) {
      to.loadVector(sum, RCX, into);
      return;
    }
    if (shape.end().bias()) {
      to.loadVector(sum, R13, sum % width * to.simd().bytes());
    } else {
      to.zeroVector(sum);
    }
    if (shape.end().add()) {
      to.addVector(sum, sum, RCX, into);
    }
  }

  /** Emits the columns of a segment. */
  private void columns(int first, int end) {
    GemmShape.Left left = shape.left();
    if (left.columns() >= left.block()) {
      to.moveNumber(R8, left.columns() / left.block());
      int block = to.here();
      steps(first, end, left.block());
      to.addNumber(RAX, left.between());
      to.decrement(R8);
      to.jumpIfNotZero(block);
    }
    if (left.columns() % left.block() > 0) {
      steps(first, end, left.columns() % left.block());
    }
  }

  /** Emits {@code count} columns of the left matrix times rows of weights. */
  private void steps(int first, int end, int count) {
    for (int i = 0; i < count; i++) {
      for (int v = 0; v < width; v++) {
        to.loadVector(others + v, R9, i * shape.weights().row() + v * shape.weights().vector());
      }
      if (first == 0 && shape.weights().prefetched()) {
        to.prefetch(R9, (i + shape.left().columns()) * shape.weights().row());
      }
      for (int row = first; row < end; row++) {
        multiply(row - first, shape.left().rows()[row] + i * shape.left().step());
      }
    }
    to.addNumber(R9, count * shape.weights().row());
  }

  /** Emits the product of one value and a row of weights, added to a row of sums. */
  private void multiply(int row, int distance) {
    if (to.simd() == Simd.AVX512) {
      to.multiplyAddBroadcast(row, others, RAX, distance);
      return;
    }
    int value = others + width + row % (OTHERS - width);
    to.broadcast(value, RAX, distance);
    for (int v = 0; v < width; v++) {
      to.multiplyAdd(row * width + v, others + v, value);
    }
  }

  private void bounds() {
    if (shape.end().low() == 0) {
      to.zeroVector(others);
    }
    if (shape.end().high() < Float.POSITIVE_INFINITY) {
      to.broadcast(others + 1, R11, HIGH);
    }
  }

  private void clip(int sum) {
    // With the sum as the second operand, NaN stays NaN.
    if (shape.end().low() == 0) {
      to.maximum(sum, others, sum);
    }
    if (shape.end().high() < Float.POSITIVE_INFINITY) {
      to.minimum(sum, others + 1, sum);
    }
  }
}
