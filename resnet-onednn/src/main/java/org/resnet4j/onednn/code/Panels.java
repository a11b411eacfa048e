package org.resnet4j.onednn.code;

import static org.resnet4j.onednn.code.Assembler.R10;
import static org.resnet4j.onednn.code.Assembler.R11;
import static org.resnet4j.onednn.code.Assembler.R12;
import static org.resnet4j.onednn.code.Assembler.R13;
import static org.resnet4j.onednn.code.Assembler.R14;
import static org.resnet4j.onednn.code.Assembler.R8;
import static org.resnet4j.onednn.code.Assembler.R9;
import static org.resnet4j.onednn.code.Assembler.RAX;
import static org.resnet4j.onednn.code.Assembler.RBX;
import static org.resnet4j.onednn.code.Assembler.RDI;
import static org.resnet4j.onednn.code.Assembler.RDX;
import static org.resnet4j.onednn.code.Assembler.RSI;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A JIT GEMM kernel for few rows and many weights, in panels of sixteen columns (docs/adr/0012). Up
 * to 28 rows of results stay in registers. Each 16-wide weight vector is used 28 times, which hides
 * the latency of loading the next. Weights are prefetched 64 vectors ahead. Usual kernels keep 6 to
 * 14 rows in registers, and wait for weights from memory.
 */
public final class Panels implements AutoCloseable {
  private static final int LANES = 16;
  private static final int VECTOR = LANES * Float.BYTES;

  /** The number of rows in registers; three more are for weights, zeros and the upper bound. */
  private static final int ROWS = 28;

  private static final int WEIGHTS = 31;
  private static final int ZEROS = 30;
  private static final int HIGH = 29;

  /** The number of vectors of weights that are prefetched: about 1,000 cycles of work. */
  private static final int AHEAD = 64;

  /** The bytes of the work list before its parts: the next part, and the number of parts. */
  private static final int HEAD = 16;

  // Offsets within a part, in bytes.
  private static final int SEGMENTS = 0;
  private static final int SEGMENT_COUNT = 8;
  private static final int BLOCKS = 16;
  private static final int BLOCK = 24;
  private static final int WEIGHT = 32;
  private static final int PANEL = 40;
  private static final int BIAS = 48;
  private static final int RESULT = 56;
  private static final int RESULT_PANEL = 64;
  private static final int PANELS = 72;
  private static final int PART = 80;

  private final Code code;
  private final List<Memory> parts = new ArrayList<>();

  /** Generates the code for {@code rows}. */
  public Panels(Rows rows) {
    code = new Code(code(rows));
  }

  @Override
  public void close() {
    code.close();
    parts.forEach(Memory::close);
  }

  /**
   * The shape of a kernel.
   *
   * @param from offset of each row of the left matrix from the start of a segment, in bytes
   * @param into offset of each row from the start of a panel's results, in bytes
   * @param bias whether sums start with a bias instead of zeros
   * @param add whether to add the destination
   * @param low smaller results become it; 0 or negative infinity
   * @param high larger results become it
   */
  public record Rows(int[] from, int[] into, boolean bias, boolean add, float low, float high) {}

  /**
   * The operands of a GEMM. The kernel does not check addresses.
   *
   * @param segments address of the left matrix for each segment of the sum
   * @param blocks of sixteen numbers in each segment, {@code block} bytes from each other
   * @param weights [panels, segments, 16 · blocks, 16]
   * @param bias [panels, 16]
   * @param results of the first panel; {@code panel} bytes from each other
   */
  public record Operands(
      long[] segments,
      int blocks,
      long block,
      long weights,
      long bias,
      long results,
      long panel,
      int panels) {

    private long weightsOfPanel() {
      return (long) segments.length * blocks * LANES * VECTOR;
    }

    /** Returns a share of the panels for each of {@code threads} threads. */
    public List<Operands> shares(int threads) {
      int parts = Math.min(panels, threads);
      return IntStream.range(0, parts)
          .mapToObj(
              i -> some((int) ((long) panels * i / parts), (int) ((long) panels * (i + 1) / parts)))
          .toList();
    }

    private Operands some(int first, int end) {
      return new Operands(
          segments,
          blocks,
          block,
          weights + first * weightsOfPanel(),
          bias + first * (long) VECTOR,
          results + first * panel,
          panel,
          end - first);
    }
  }

  /** Returns the code of a function whose argument is the memory of {@link #parts}. */
  private static byte[] code(Rows rows) {
    Assembler to = new Assembler();
    for (int register : List.of(RBX, R12, R13, R14)) {
      to.push(register);
    }
    to.zeroVector(ZEROS);
    to.moveNumber(RAX, Float.floatToRawIntBits(rows.high));
    to.broadcast(HIGH, RAX);
    int next = to.here();
    to.moveNumber(RAX, 1);
    to.fetchAndAdd(RDI, RAX);
    to.compareMemory(RAX, RDI, 8);
    byte[] body = body(rows);
    // The jump after the body takes five bytes.
    to.skipUnlessLess(body.length + 5);
    to.append(body);
    to.jump(next);
    for (int register : List.of(R14, R13, R12, RBX)) {
      to.pop(register);
    }
    to.end();
    return to.code();
  }

  /** Returns the code for one part. */
  private static byte[] body(Rows rows) {
    Assembler to = new Assembler();
    to.multiplyNumber(RAX, PART);
    to.move(R11, RDI);
    to.add(R11, RAX);
    to.addNumber(R11, HEAD);
    to.load(RBX, R11, PANELS);
    to.load(R12, R11, WEIGHT);
    to.load(R13, R11, BIAS);
    to.load(R14, R11, RESULT);
    to.load(R9, R11, BLOCK);
    int panel = to.here();
    int count = rows.from.length;
    int groups = (count + ROWS - 1) / ROWS;
    for (int group = 0; group < groups; group++) {
      group(to, rows, group * count / groups, (group + 1) * count / groups);
    }
    to.addMemory(R12, R11, PANEL);
    to.addNumber(R13, VECTOR);
    to.addMemory(R14, R11, RESULT_PANEL);
    to.decrement(RBX);
    to.jumpIfNotZero(panel);
    return to.code();
  }

  /** Emits the rows {@code first} (inclusive) to {@code end} (exclusive) of a panel. */
  private static void group(Assembler to, Rows rows, int first, int end) {
    for (int row = first; row < end; row++) {
      if (rows.bias) {
        to.loadVector(row - first, R13, 0);
      } else {
        to.zeroVector(row - first);
      }
    }
    to.load(RSI, R11, SEGMENTS);
    to.load(R10, R11, SEGMENT_COUNT);
    to.move(RDX, R12);
    int segment = to.here();
    to.load(RAX, RSI, 0);
    to.load(R8, R11, BLOCKS);
    int block = to.here();
    for (int i = 0; i < LANES; i++) {
      to.loadVector(WEIGHTS, RDX, i * VECTOR);
      if (first == 0) {
        to.prefetch(RDX, (i + AHEAD) * VECTOR);
      }
      for (int row = first; row < end; row++) {
        to.multiplyAdd(row - first, WEIGHTS, RAX, rows.from[row] + i * Float.BYTES);
      }
    }
    to.addNumber(RDX, LANES * VECTOR);
    to.add(RAX, R9);
    to.decrement(R8);
    to.jumpIfNotZero(block);
    to.addNumber(RSI, Long.BYTES);
    to.decrement(R10);
    to.jumpIfNotZero(segment);
    for (int row = first; row < end; row++) {
      int sum = row - first;
      if (rows.add) {
        to.addVector(sum, sum, R14, rows.into[row]);
      }
      // With the sum as the second operand, NaN stays NaN.
      if (rows.low == 0) {
        to.maximum(sum, ZEROS, sum);
      }
      if (rows.high < Float.POSITIVE_INFINITY) {
        to.minimum(sum, HIGH, sum);
      }
      to.storeVector(sum, R14, rows.into[row]);
    }
  }

  /** Returns a repeatable computation, run by one thread or by several that take parts in turn. */
  public Work on(List<Operands> operands) {
    Memory told = parts(operands);
    parts.add(told);
    return new Work(code.pointer(), told);
  }

  private static Memory parts(List<Operands> operands) {
    long table = HEAD + (long) PART * operands.size();
    int segments = operands.stream().mapToInt(part -> part.segments.length).sum();
    Memory memory = new Memory(table + (long) segments * Long.BYTES);
    memory.setLong(8, operands.size());
    for (int i = 0; i < operands.size(); i++) {
      Operands part = operands.get(i);
      long at = HEAD + (long) PART * i;
      memory.setLong(at + SEGMENTS, Pointer.nativeValue(memory) + table);
      memory.setLong(at + SEGMENT_COUNT, part.segments.length);
      memory.setLong(at + BLOCKS, part.blocks);
      memory.setLong(at + BLOCK, part.block);
      memory.setLong(at + WEIGHT, part.weights);
      memory.setLong(at + PANEL, part.weightsOfPanel());
      memory.setLong(at + BIAS, part.bias);
      memory.setLong(at + RESULT, part.results);
      memory.setLong(at + RESULT_PANEL, part.panel);
      memory.setLong(at + PANELS, part.panels);
      memory.write(table, part.segments, 0, part.segments.length);
      table += (long) part.segments.length * Long.BYTES;
    }
    return memory;
  }

  /** A GEMM with bound operands, valid while its {@link Panels} are open. */
  public static final class Work implements Runnable {
    private final Function function;
    private final Memory parts;

    private Work(Pointer code, Memory parts) {
      function = Function.getFunction(code);
      this.parts = parts;
    }

    /** Returns the address of the code. */
    public Pointer code() {
      return function;
    }

    /** Resets the work list for a run, and returns its address, the argument of the code. */
    public Pointer start() {
      parts.setLong(0, 0);
      return parts;
    }

    /** Computes all parts in this thread. */
    @Override
    public void run() {
      function.invokeVoid(new Object[] {start()});
    }
  }
}
