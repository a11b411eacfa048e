package org.resnet4j.onednn.conv;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.resnet4j.onednn.code.Kernel;
import org.resnet4j.onednn.code.Simd;
import org.resnet4j.onednn.code.SmallGemm;
import org.resnet4j.onednn.code.WorkList.Call;
import org.resnet4j.onednn.exec.Assembly;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.Memory;
import org.resnet4j.onednn.exec.Native;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.exec.Team;
import org.resnet4j.onednn.winograd.Accumulation;
import org.resnet4j.onednn.winograd.Floats;
import org.resnet4j.onednn.winograd.Range;
import org.resnet4j.onednn.winograd.Scratch;
import org.resnet4j.onednn.winograd.Tiles;
import org.resnet4j.onednn.winograd.WeightTransform;

/** Transforms and packs the weights of a {@link Winograd}, and transforms their gradients back. */
final class WinogradWeights {
  private final Assembly assembly;
  private final ConvShape op;
  private final Tiles tiles;
  private final String name;
  private final Simd simd;
  private final int inputs;
  private final int outputs;

  /**
   * Creates the transforms for one convolution.
   *
   * @param name of the implementation
   */
  WinogradWeights(Assembly assembly, ConvShape op, Tiles tiles, String name) {
    this.assembly = assembly;
    this.op = op;
    this.tiles = tiles;
    this.name = name;
    simd = Native.simd();
    inputs = (int) op.input().size(1);
    outputs = (int) op.output().size(1);
  }

  /** Returns the range of {@code count} weights that each thread transforms. */
  private static List<Range> split(int count) {
    int panels = count / SmallGemm.PANEL;
    return WinogradShares.ranges(
        WinogradShares.bounds(0, panels, Math.min(panels, Team.size())),
        (from, to) -> new Range(from * SmallGemm.PANEL, (to - from) * SmallGemm.PANEL, count));
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
   * @return buffers {@code [components, results / panel, others, panel]}, one for each of {@link
   *     WinogradShares#parts} of the results
   */
  List<Buffer> transformed(Buffer plain, boolean backward, boolean kept) {
    int from = backward ? outputs : inputs;
    List<Range> parts = WinogradShares.parts(tiles, backward ? inputs : outputs);
    int size = from * parts.get(0).count();
    Ordering ordering = ordering(plain, backward, SmallGemm.PANEL);
    assembly.reorder(op.layer(), "weights", ordering.plain, ordering.ordered);
    List<Buffer> transformed = transforms(parts.size(), size, kept);
    List<Buffer> used = new ArrayList<>(transformed);
    used.add(ordering.ordered);
    assembly.compute(
        op.layer(),
        "weights",
        name,
        () -> {
          WeightTransform transform =
              WeightTransform.forward(simd, tiles, backward, parts.size() * size, size);
          Kernel kernel = assembly.kernel(transform.code());
          Floats in = Memory.floats(ordering.ordered);
          return byThreads(
              parts.size(),
              size,
              (part, range, ofAll) ->
                  List.of(
                      assembly.call(
                          kernel,
                          transform.operands(
                              in,
                              ofAll,
                              Memory.floats(transformed.get(part)),
                              range,
                              scratch(transform)))));
        },
        used.toArray(new Buffer[0]));
    return transformed;
  }

  /** Returns a buffer for each of {@code parts} parts of {@code size} transformed weights. */
  private List<Buffer> transforms(int parts, int size, boolean kept) {
    long[] shape = {(long) tiles.components() * size};
    dnnl_memory_desc layout = assembly.layout(shape, OneDnnLibrary.F32, dnnl.dnnl_a);
    return Stream.generate(
            () ->
                kept
                    ? assembly.persistent(op.layer(), layout)
                    : assembly.planned(op.layer(), layout))
        .limit(parts)
        .toList();
  }

  private Scratch scratch(WeightTransform transform) {
    return assembly.own(transform.scratch(), Scratch::close);
  }

  /**
   * Transforms the gradients that the threads computed back to kernels. Gradients from different
   * tiles are added up first; gradients of different results are not.
   *
   * @param sums [components, in, results of a part]
   * @param into [out, in, 3, 3]
   */
  void gradients(List<Buffer> sums, Buffer into) {
    List<Range> parts = WinogradShares.parts(tiles, outputs);
    int size = inputs * parts.get(0).count();
    Ordering ordering = ordering(into, false, parts.get(0).count());
    List<Buffer> used = new ArrayList<>(sums);
    used.add(ordering.ordered);
    assembly.compute(
        op.layer(),
        "backward weights",
        name,
        () -> {
          WeightTransform transform =
              WeightTransform.backward(simd, tiles, size, parts.size() * size);
          Kernel kernel = assembly.kernel(transform.code());
          Kernel adding = assembly.kernel(Accumulation.code(simd));
          Floats out = Memory.floats(ordering.ordered);
          List<Floats> of = sums.stream().map(Memory::floats).toList();
          return byThreads(
              parts.size(),
              size,
              (part, range, ofAll) -> {
                List<Call> calls = new ArrayList<>();
                for (int i = 1; parts.size() == 1 && i < of.size(); i++) {
                  calls.add(
                      assembly.call(
                          adding,
                          Accumulation.operands(of.get(0), of.get(i), tiles.components(), range)));
                }
                calls.add(
                    assembly.call(
                        kernel,
                        transform.operands(of.get(part), range, out, ofAll, scratch(transform))));
                return calls;
              });
        },
        used.toArray(new Buffer[0]));
    assembly.reorder(op.layer(), "weight gradient", ordering.ordered, ordering.plain);
  }

  /** A transform of one range of a part's weights, given also as a range of all weights. */
  private interface Job {
    List<Call> calls(int part, Range range, Range ofAll);
  }

  /**
   * Returns a job over all weights of {@code parts} parts of {@code size}, divided between threads.
   */
  private Runnable byThreads(int parts, int size, Job job) {
    List<List<Call>> threads = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      for (Range range : split(size)) {
        Range ofAll = new Range(part * size + range.first(), range.count(), parts * size);
        threads.add(job.calls(part, range, ofAll));
      }
    }
    return assembly.work(threads);
  }
}
