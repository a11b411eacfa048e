package org.resnet4j.onednn.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.winograd.Floats;
import org.resnet4j.onednn.winograd.Range;
import org.resnet4j.onednn.winograd.Tiles;
import org.resnet4j.onednn.winograd.WeightTransforms;

/** Transforms and packs the weights of a {@link Winograd}, and transforms their gradients back. */
final class WinogradWeights {
  private static final int BLOCK = ImageLayout.BLOCK;

  /**
   * The number of outputs whose weights are adjacent, as the matmul kernels read them; the fastest
   * first.
   */
  private enum Panel {
    WIDE(64, dnnl.dnnl_aCB16b64c),
    HALF(32, dnnl.dnnl_aCB16b32c),
    NARROW(BLOCK, dnnl.dnnl_aCB16b16c);

    private final int width;
    private final int tag;

    Panel(int width, int tag) {
      this.width = width;
      this.tag = tag;
    }

    /** Returns the fastest panel that divides {@code outputs}, a multiple of 16. */
    static Panel of(int outputs) {
      return Arrays.stream(values())
          .filter(panel -> outputs % panel.width == 0)
          .findFirst()
          .orElseThrow();
    }
  }

  private final Assembly assembly;
  private final Op.Conv op;
  private final Tiles tiles;
  private final String name;
  private final boolean narrow;
  private final int inputs;
  private final int outputs;

  /**
   * Creates the transforms for one convolution.
   *
   * @param name of the implementation
   * @param narrow panels of 16 outputs, for JIT kernels
   */
  WinogradWeights(Assembly assembly, Op.Conv op, Tiles tiles, String name, boolean narrow) {
    this.assembly = assembly;
    this.op = op;
    this.tiles = tiles;
    this.name = name;
    this.narrow = narrow;
    inputs = (int) op.input().size(1);
    outputs = (int) op.output().size(1);
  }

  /** Returns the range of results that each part of the weights computes. */
  static List<Range> parts(Tiles tiles, int results) {
    if (WinogradCost.areShared(tiles)) {
      return List.of(Range.all(results));
    }
    int blocks = results / BLOCK;
    int parts =
        IntStream.rangeClosed(1, Native.threads()).filter(i -> blocks % i == 0).max().orElse(1);
    int size = results / parts;
    return IntStream.range(0, parts).mapToObj(i -> new Range(i * size, size, results)).toList();
  }

  /** Returns the range of {@code count} weights, in vectors, that each thread transforms. */
  private static List<Range> split(int count) {
    int vectors = count / BLOCK;
    return Winograd.ranges(
        Winograd.bounds(0, vectors, Math.min(vectors, Native.threads())),
        (from, to) -> new Range(from * BLOCK, (to - from) * BLOCK, count));
  }

  /**
   * A view of {@code [out, in, 3, 3]} as {@code [results / panel, panel, others, 3, 3]}, and a
   * buffer for it in the order {@code [3, 3, results / panel, others, panel]}.
   */
  private record Ordering(Buffer plain, Buffer ordered) {}

  private Ordering ordering(Buffer plain, boolean backward, long panel) {
    long from = backward ? outputs : inputs;
    long results = backward ? inputs : outputs;
    long all = from * results;
    long result = backward ? 9 : 9L * inputs;
    long other = backward ? 9L * inputs : 9;
    long[] shape = {results / panel, panel, from, 3, 3};
    return new Ordering(
        assembly.view(
            plain, assembly.strided(shape, new long[] {panel * result, result, other, 3, 1})),
        assembly.planned(
            op.layer(),
            assembly.strided(shape, new long[] {panel * from, 1, panel, 3 * all, all})));
  }

  /**
   * Transforms weights.
   *
   * @param plain [out, in, 3, 3]
   * @param backward for {@link Winograd#backwardData}
   * @param kept for all runs of the program
   * @return one buffer for each of {@link #parts} of the results
   */
  List<Buffer> transformed(Buffer plain, boolean backward, boolean kept) {
    int from = backward ? outputs : inputs;
    List<Range> parts = parts(tiles, backward ? inputs : outputs);
    int to = parts.get(0).count();
    Panel panel = narrow ? Panel.NARROW : Panel.of(to);
    Ordering ordering = ordering(plain, backward, panel.width);
    assembly.reorder(op.layer(), "weights", ordering.plain, ordering.ordered);
    dnnl_memory_desc layout =
        assembly.layout(new long[] {tiles.components(), from, to}, Native.F32, panel.tag);
    List<Buffer> transformed =
        parts.stream()
            .map(
                part ->
                    kept
                        ? assembly.persistent(op.layer(), layout)
                        : assembly.planned(op.layer(), layout))
            .toList();
    List<Buffer> used = new ArrayList<>(transformed);
    used.add(ordering.ordered);
    assembly.compute(
        op.layer(),
        "weights",
        name,
        () -> {
          Floats in = Memory.floats(ordering.ordered);
          List<Floats> out = transformed.stream().map(Memory::floats).toList();
          return byThreads(
              parts.size(),
              from * to,
              (part, transforms, range, ofAll) ->
                  transforms.weights(in, ofAll, backward, out.get(part), range));
        },
        used.toArray(new Buffer[0]));
    return transformed;
  }

  /**
   * Transforms the gradients that the threads computed back to kernels. Gradients from different
   * tiles are added up first; gradients of different results are not.
   *
   * @param sums [components, in, results of a part]
   * @param into [out, in, 3, 3]
   */
  void gradients(List<Buffer> sums, Buffer into) {
    List<Range> parts = parts(tiles, outputs);
    int size = inputs * parts.get(0).count();
    Ordering ordering = ordering(into, false, parts.get(0).count());
    List<Buffer> used = new ArrayList<>(sums);
    used.add(ordering.ordered);
    assembly.compute(
        op.layer(),
        "backward weights",
        name,
        () -> {
          Floats out = Memory.floats(ordering.ordered);
          List<Floats> of = sums.stream().map(Memory::floats).toList();
          return byThreads(
              parts.size(),
              size,
              (part, transforms, range, ofAll) -> {
                if (parts.size() == 1) {
                  of.stream().skip(1).forEach(more -> transforms.add(of.get(0), more, range));
                }
                transforms.weightGradients(of.get(part), range, out, ofAll);
              });
        },
        used.toArray(new Buffer[0]));
    assembly.reorder(op.layer(), "weight gradient", ordering.ordered, ordering.plain);
  }

  /** A transform of one range of a part's weights, given also as a range of all weights. */
  private interface Job {
    void run(int part, WeightTransforms transforms, Range range, Range ofAll);
  }

  /**
   * Returns a job over all weights of {@code parts} parts of {@code size}, divided between threads.
   */
  private Runnable byThreads(int parts, int size, Job job) {
    List<Runnable> threads = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      int part = i;
      for (Range range : split(size)) {
        WeightTransforms transforms =
            assembly.own(new WeightTransforms(tiles), WeightTransforms::close);
        Range ofAll = new Range(part * size + range.first(), range.count(), parts * size);
        threads.add(() -> job.run(part, transforms, range, ofAll));
      }
    }
    return () -> Team.run(threads);
  }
}
