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
 * Matrix products of few rows with many weights, in panels of sixteen columns. Other kernels keep
 * six to fourteen rows in registers and read weights from far away at the pace of these; here a
 * vector of weights is used for up to 28 rows, which takes as long as the next takes to come, and
 * is asked for long before (docs/adr/0012).
 */
public final class Panels implements AutoCloseable {
  private static final int LANES = 16;
  private static final int VECTOR = LANES * Float.BYTES;

  /** Rows in registers; three are for weights and bounds. */
  private static final int ROWS = 28;

  private static final int WEIGHTS = 31;
  private static final int ZEROS = 30;
  private static final int HIGH = 29;

  /** Vectors of weights that are under way: a thousand cycles' work. */
  private static final int AHEAD = 64;

  /** Of the memory that the code reads, before the parts: the next part and how many there are. */
  private static final int HEAD = 16;

  // In a part, in bytes.
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

  /** Code for {@code rows}. */
  public Panels(Rows rows) {
    code = new Code(code(rows));
  }

  @Override
  public void close() {
    code.close();
    parts.forEach(Memory::close);
  }

  /**
   * What a kernel does.
   *
   * @param from of each row, bytes from the beginning of a segment to its first number
   * @param into of each row, bytes from the beginning of a panel's results
   * @param bias before; zeros otherwise
   * @param add to what is there
   * @param low smaller results become it; 0 or negative infinity
   * @param high larger ones
   */
  public record Rows(int[] from, int[] into, boolean bias, boolean add, float low, float high) {}

  /**
   * The operands of a product. Addresses are not looked at again.
   *
   * @param segments where the left matrix begins for each segment of the sum
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

    /** Some of the panels for each of several threads. */
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

  /** A function of the memory of {@link #parts}. */
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
    // The jump that follows the body takes five bytes.
    to.skipUnlessLess(body.length + 5);
    to.append(body);
    to.jump(next);
    for (int register : List.of(R14, R13, R12, RBX)) {
      to.pop(register);
    }
    to.end();
    return to.code();
  }

  /** One part. */
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

  /** The rows {@code first} to before {@code end} of a panel. */
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
      // What is not a number stays so.
      if (rows.low == 0) {
        to.maximum(sum, ZEROS, sum);
      }
      if (rows.high < Float.POSITIVE_INFINITY) {
        to.minimum(sum, HIGH, sum);
      }
      to.storeVector(sum, R14, rows.into[row]);
    }
  }

  /** Ready to be run again and again, by one thread or by several that take parts in turn. */
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

  /** Products whose operands are known, as long as their {@link Panels} are open. */
  public static final class Work implements Runnable {
    private final Function function;
    private final Memory parts;

    private Work(Pointer code, Memory parts) {
      function = Function.getFunction(code);
      this.parts = parts;
    }

    /** The code. */
    public Pointer code() {
      return function;
    }

    /** What the code takes, made ready for a run. */
    public Pointer start() {
      parts.setLong(0, 0);
      return parts;
    }

    /** By this thread. */
    @Override
    public void run() {
      function.invokeVoid(new Object[] {start()});
    }
  }
}
