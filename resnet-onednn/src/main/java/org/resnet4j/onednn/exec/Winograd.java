package org.resnet4j.onednn.exec;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.winograd.Range;
import org.resnet4j.onednn.winograd.TileTransforms;
import org.resnet4j.onednn.winograd.Tiles;
import org.resnet4j.onednn.winograd.WeightTransforms;

/**
 * A 3×3 convolution by Winograd's minimal filtering (docs/adr/0011): tiles are transformed, 36
 * matrix products take the place of the convolution, and their results are transformed back. A
 * thread does all of this for its share of the tiles, or of the outputs, piece after piece, so that
 * what lies between stays in its cache.
 */
final class Winograd {
  private static final String NAME = "winograd:f4x4_3x3";
  private static final int COMPONENTS = TileTransforms.COMPONENTS;
  private static final int BLOCK = ImageLayout.BLOCK;

  /** Outputs whose weights lie together, as matrix products read them. */
  private static final int PANEL = 64;

  /** Bytes of a piece: what a second-level cache has room for. */
  private static final long CACHE = 1_200_000;

  /** Tiles of a piece that are worth reading the weights for. */
  static final int TILES = 64;

  /** What a convolution does for a network; each has costs of its own. */
  enum Purpose {
    INFERENCE,
    FORWARD,
    BACKWARD_DATA,
    BACKWARD_WEIGHTS
  }

  private final Assembly assembly;
  private final Descriptors descriptors;
  private final Op.Conv op;
  private final Tiles tiles;
  private final int inputs;
  private final int outputs;

  /** {@code op} is one that {@link WinogradCost#pays}. */
  Winograd(Lowering lowering, Op.Conv op) {
    this.op = op;
    assembly = lowering.assembly;
    descriptors = lowering.descriptors;
    long[] shape = op.input().shape();
    tiles = new Tiles((int) shape[0], (int) shape[2], (int) shape[3]);
    inputs = (int) shape[1];
    outputs = (int) op.output().size(1);
  }

  /** Rows of tiles, and results, that a thread computes. */
  private record Share(int firstRow, int endRow, Range results) {}

  /**
   * Every thread takes some of the tiles; or, where there are far more results, some of these: it
   * transforms all tiles then, but reads only its weights.
   */
  private List<Share> shares(int results) {
    boolean byTiles = WinogradCost.areSharedByTiles(tiles, results);
    int[] bounds = byTiles ? split(tiles.rows()) : bounds(0, results, Native.threads());
    return ranges(
        bounds,
        (from, to) ->
            byTiles
                ? new Share(from, to, Range.all(results))
                : new Share(0, tiles.rows(), new Range(from, to - from, results)));
  }

  /** Boundaries of what threads take of {@code count} things; there may be more threads. */
  private static int[] split(int count) {
    return bounds(0, count, Math.min(count, Native.threads()));
  }

  /** Boundaries of parts of almost equal size. */
  private static int[] bounds(int from, int to, int parts) {
    return IntStream.rangeClosed(0, parts)
        .map(i -> from + (int) ((long) (to - from) * i / parts))
        .toArray();
  }

  private static <T> List<T> ranges(int[] bounds, BiFunction<Integer, Integer, T> make) {
    return IntStream.range(0, bounds.length - 1)
        .mapToObj(i -> make.apply(bounds[i], bounds[i + 1]))
        .toList();
  }

  /** Of the weights, in vectors, what each thread transforms. */
  private List<Range> weightRanges() {
    int count = inputs * outputs;
    return ranges(
        split(count / BLOCK), (from, to) -> new Range(from * BLOCK, (to - from) * BLOCK, count));
  }

  /** Floats [first, second, third]. */
  private dnnl_memory_desc cube(long first, long second, long third) {
    return assembly.layout(new long[] {first, second, third}, Native.F32, dnnl.dnnl_abc);
  }

  /** Of transformed tiles or products {@code [36, count, channels]}. */
  private dnnl_memory_desc tiled(int count, int channels) {
    return assembly.strided(
        new long[] {COMPONENTS, count, channels},
        new long[] {TileTransforms.componentStride(count, channels), channels, 1});
  }

  /** The same as {@code [36, channels, count]}. */
  private dnnl_memory_desc transposed(int count, int channels) {
    return assembly.strided(
        new long[] {COMPONENTS, channels, count},
        new long[] {TileTransforms.componentStride(count, channels), 1, channels});
  }

  /** Of transformed weights {@code [36, from, to]}. */
  private dnnl_memory_desc weightLayout(int from, int to) {
    return to % PANEL == 0
        ? assembly.layout(new long[] {COMPONENTS, from, to}, Native.F32, dnnl.dnnl_aCB16b64c)
        : cube(COMPONENTS, from, to);
  }

  /**
   * A view of {@code [out, in, 3, 3]} as {@code [results / panel, panel, others, 3, 3]}, and a
   * buffer for it in the order {@code [3, 3, results / panel, others, panel]}.
   */
  private record Panels(Buffer plain, Buffer ordered) {}

  private Panels panels(Buffer plain, boolean backward, long panel) {
    long from = backward ? outputs : inputs;
    long results = backward ? inputs : outputs;
    long all = from * results;
    long result = backward ? 9 : 9L * inputs;
    long other = backward ? 9L * inputs : 9;
    long[] shape = {results / panel, panel, from, 3, 3};
    return new Panels(
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
   * @param backward for {@link #backwardData}
   * @param kept as long as the program, for any number of its runs
   */
  List<Buffer> weights(Buffer plain, boolean backward, boolean kept) {
    int from = backward ? outputs : inputs;
    int to = backward ? inputs : outputs;
    List<Share> shares = shares(to);
    int each = shares.get(0).results.count();
    Panels panels = panels(plain, backward, each % PANEL == 0 ? PANEL : each);
    assembly.reorder(op.layer(), "weights", panels.plain, panels.ordered);
    dnnl_memory_desc layout = weightLayout(from, each);
    List<Buffer> transformed =
        IntStream.range(0, to / each)
            .mapToObj(
                i ->
                    kept
                        ? assembly.persistent(op.layer(), layout)
                        : assembly.planned(op.layer(), layout))
            .toList();
    List<Range> ranges = weightRanges();
    List<Buffer> used = new ArrayList<>(transformed);
    used.add(panels.ordered);
    assembly.compute(
        op.layer(),
        "weights",
        NAME,
        () -> {
          ByteBuffer in = Memory.bytes(panels.ordered);
          List<Runnable> threads = new ArrayList<>();
          for (Range range : ranges) {
            boolean whole = transformed.size() == 1;
            ByteBuffer out = Memory.bytes(transformed.get(whole ? 0 : threads.size()));
            Range there = whole ? Range.all(range.all()) : range;
            WeightTransforms transforms = new WeightTransforms();
            threads.add(() -> transforms.weights(in, range, backward, out, there));
          }
          return () -> Team.run(threads);
        },
        used.toArray(new Buffer[0]));
    return transformed;
  }

  /** In place of the forward primitive. */
  void forward(
      Buffer source,
      List<Buffer> weights,
      @Nullable Buffer bias,
      boolean add,
      Nonlinearity activation,
      Buffer destination) {
    float low = activation == Nonlinearity.IDENTITY ? Float.NEGATIVE_INFINITY : 0;
    float high = activation == Nonlinearity.RELU6 ? 6 : Float.POSITIVE_INFINITY;
    convolve(
        "forward", source, inputs, weights, destination, outputs, new End(bias, add, low, high));
  }

  /** In place of the primitive for the gradient of the input. */
  void backwardData(Buffer gradient, List<Buffer> weights, Buffer into) {
    float none = Float.POSITIVE_INFINITY;
    convolve(
        "backward data",
        gradient,
        outputs,
        weights,
        into,
        inputs,
        new End(null, false, -none, none));
  }

  /** What follows the products: a bias, a sum with what is in the destination, and bounds. */
  private record End(@Nullable Buffer bias, boolean add, float low, float high) {
    /** With memory. */
    TileTransforms.Finish made() {
      return new TileTransforms.Finish(bias == null ? null : Memory.bytes(bias), add, low, high);
    }
  }

  private void convolve(
      String work,
      Buffer source,
      int from,
      List<Buffer> weights,
      Buffer destination,
      int to,
      End end) {
    List<Buffer> used = new ArrayList<>(weights);
    used.addAll(List.of(source, destination));
    if (end.bias != null) {
      used.add(end.bias);
    }
    List<Supplier<Runnable>> threads = new ArrayList<>();
    for (Share share : shares(to)) {
      int each = share.results.count();
      Buffer own = weights.get(weights.size() == 1 ? 0 : threads.size());
      int[] pieces = pieces(share, from + each);
      Buffer transformed = scratch(pieces, from, used);
      Buffer products = scratch(pieces, each, used);
      Map<Integer, Supplier<Step>> multiply =
          bySize(
              pieces,
              count ->
                  product(
                      work,
                      assembly.view(transformed, tiled(count, from)),
                      own,
                      assembly.view(products, tiled(count, each)),
                      false));
      threads.add(
          () -> {
            TileTransforms transforms = new TileTransforms(tiles);
            IntConsumer product = made(multiply);
            ByteBuffer images = Memory.bytes(source);
            ByteBuffer left = Memory.bytes(transformed);
            ByteBuffer right = Memory.bytes(products);
            ByteBuffer results = Memory.bytes(destination);
            TileTransforms.Finish finish = end.made();
            Range channels = Range.all(from);
            return () ->
                forEach(
                    pieces,
                    (first, last) -> {
                      transforms.inputs(images, channels, first, last, left);
                      product.accept(last - first);
                      transforms.outputs(right, share.results, first, last, results, finish);
                    });
          });
    }
    assembly.compute(op.layer(), work, NAME, together(threads), used.toArray(new Buffer[0]));
  }

  /**
   * In place of the primitive for the gradient of the weights.
   *
   * @param into [out, in, 3, 3]
   */
  void backwardWeights(Buffer source, Buffer gradient, Buffer into) {
    String work = "backward weights";
    List<Buffer> used = new ArrayList<>(List.of(source, gradient));
    List<Supplier<Runnable>> threads = new ArrayList<>();
    List<Buffer> sums = new ArrayList<>();
    List<Share> shares = shares(outputs);
    int each = shares.get(0).results.count();
    for (Share share : shares) {
      int[] pieces = pieces(share, inputs + each);
      Buffer transformed = scratch(pieces, inputs, used);
      Buffer gradients = scratch(pieces, each, used);
      Buffer sum = assembly.planned(op.layer(), cube(COMPONENTS, inputs, each));
      sums.add(sum);
      BiFunction<Integer, Boolean, Supplier<Step>> sumOf =
          (count, add) ->
              product(
                  work,
                  assembly.view(transformed, transposed(count, inputs)),
                  assembly.view(gradients, tiled(count, each)),
                  sum,
                  add);
      Map<Integer, Supplier<Step>> begin =
          bySize(Arrays.copyOf(pieces, 2), count -> sumOf.apply(count, false));
      Map<Integer, Supplier<Step>> goOn =
          bySize(Arrays.copyOfRange(pieces, 1, pieces.length), count -> sumOf.apply(count, true));
      threads.add(
          () -> {
            TileTransforms transforms = new TileTransforms(tiles);
            IntConsumer product = made(begin);
            IntConsumer addProduct = made(goOn);
            ByteBuffer images = Memory.bytes(source);
            ByteBuffer results = Memory.bytes(gradient);
            ByteBuffer left = Memory.bytes(transformed);
            ByteBuffer right = Memory.bytes(gradients);
            Range channels = Range.all(inputs);
            return () ->
                forEach(
                    pieces,
                    (first, end) -> {
                      transforms.inputs(images, channels, first, end, left);
                      transforms.gradients(results, share.results, first, end, right);
                      (first == pieces[0] ? product : addProduct).accept(end - first);
                    });
          });
    }
    used.addAll(sums);
    assembly.compute(op.layer(), work, NAME, together(threads), used.toArray(new Buffer[0]));
    transformBack(sums, each, into);
  }

  private void transformBack(List<Buffer> sums, int each, Buffer into) {
    Panels panels = panels(into, false, each);
    List<Range> ranges = weightRanges();
    List<Buffer> used = new ArrayList<>(sums);
    used.add(panels.ordered);
    assembly.compute(
        op.layer(),
        "backward weights",
        NAME,
        () -> {
          ByteBuffer out = Memory.bytes(panels.ordered);
          List<Runnable> threads = new ArrayList<>();
          for (Range range : ranges) {
            boolean whole = each == outputs;
            ByteBuffer in = Memory.bytes(sums.get(whole ? 0 : threads.size()));
            List<ByteBuffer> more =
                whole ? sums.stream().skip(1).map(Memory::bytes).toList() : List.of();
            Range there = whole ? Range.all(range.all()) : range;
            WeightTransforms transforms = new WeightTransforms();
            threads.add(
                () -> {
                  more.forEach(part -> WeightTransforms.add(in, part, range));
                  transforms.weightGradients(in, there, range, out);
                });
          }
          return () -> Team.run(threads);
        },
        used.toArray(new Buffer[0]));
    assembly.reorder(op.layer(), "weight gradient", panels.ordered, panels.plain);
  }

  /** Boundaries of the pieces of a share's rows of tiles, of almost equal sizes. */
  private int[] pieces(Share share, int channels) {
    long room = CACHE / ((long) COMPONENTS * channels * Float.BYTES);
    int rows = Math.toIntExact(Math.max(1, Math.max(TILES, room) / tiles.perRow()));
    int all = share.endRow - share.firstRow;
    return bounds(share.firstRow, share.endRow, (all + rows - 1) / rows);
  }

  private Buffer scratch(int[] pieces, int channels, List<Buffer> used) {
    int rows = ranges(pieces, (from, to) -> to - from).stream().mapToInt(i -> i).max().orElse(0);
    long floats =
        (long) COMPONENTS * TileTransforms.componentStride(rows * tiles.perRow(), channels);
    Buffer made =
        assembly.planned(op.layer(), assembly.layout(new long[] {floats}, Native.F32, dnnl.dnnl_a));
    used.add(made);
    return made;
  }

  /** What {@code make} makes for so many tiles, by rows of tiles. */
  private Map<Integer, Supplier<Step>> bySize(int[] pieces, IntFunction<Supplier<Step>> make) {
    Map<Integer, Supplier<Step>> bySize = new HashMap<>();
    forEach(
        pieces,
        (from, to) -> bySize.computeIfAbsent(to - from, rows -> make.apply(rows * tiles.perRow())));
    return bySize;
  }

  /** Runs the step for a number of rows of tiles. */
  private static IntConsumer made(Map<Integer, Supplier<Step>> makers) {
    Map<Integer, Step> made = new HashMap<>();
    makers.forEach((rows, maker) -> made.put(rows, Native.forOneThread(maker)));
    return rows -> Objects.requireNonNull(made.get(rows)).run();
  }

  /** Left times right for each component, in one thread. */
  private Supplier<Step> product(
      String work, Buffer left, Buffer right, Buffer result, boolean add) {
    return Native.forOneThread(
        () -> {
          dnnl_primitive_desc descriptor =
              descriptors.product(op.layer(), left.layout, right.layout, result.layout, add);
          return assembly.prepare(
              op.layer(),
              work,
              descriptor,
              Argument.source(left),
              Argument.weights(right),
              Argument.destination(result));
        });
  }

  private interface Piece {
    void run(int from, int to);
  }

  private static void forEach(int[] bounds, Piece piece) {
    for (int i = 0; i + 1 < bounds.length; i++) {
      piece.run(bounds[i], bounds[i + 1]);
    }
  }

  private static Supplier<Runnable> together(List<Supplier<Runnable>> makers) {
    return () -> {
      List<Runnable> threads = makers.stream().map(Supplier::get).toList();
      return () -> Team.run(threads);
    };
  }
}
