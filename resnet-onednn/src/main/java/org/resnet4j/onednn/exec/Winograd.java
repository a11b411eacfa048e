package org.resnet4j.onednn.exec;

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
import org.resnet4j.onednn.code.Panels;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.winograd.Floats;
import org.resnet4j.onednn.winograd.Range;
import org.resnet4j.onednn.winograd.TileTransforms;
import org.resnet4j.onednn.winograd.Tiles;

/**
 * A 3×3 convolution by Winograd's minimal filtering (docs/adr/0011). Tiles are transformed, 36 or
 * 16 matmuls replace the convolution, and their results are transformed back. Each thread does this
 * for its share of the tiles, piece by piece, so that intermediate results stay in its cache. With
 * few tiles, each thread computes a share of the output channels for all tiles instead, and reads
 * only part of the weights.
 */
final class Winograd {
  private static final int BLOCK = ImageLayout.BLOCK;

  /** The number of bytes of a piece, chosen to fit an L2 cache. */
  private static final long CACHE = 1_200_000;

  /** The number of tiles for which one read of the weights pays. */
  static final int TILES = 64;

  /** The pass that a convolution computes; each has its own costs. */
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
  private final WinogradWeights weights;
  private final String name;
  private final int components;
  private final int inputs;
  private final int outputs;

  /** True if a JIT kernel multiplies; tiles are then stored in blocks. */
  private final boolean inPanels;

  /** JIT kernels by number of tiles, shared by all threads. */
  private final Map<Integer, Panels> codes = new HashMap<>();

  /**
   * Creates the convolution for an {@code op} that {@link WinogradCost} accepts with {@code tiles}.
   */
  Winograd(Lowering lowering, Op.Conv op, Tiles tiles, Purpose purpose) {
    this.op = op;
    this.tiles = tiles;
    assembly = lowering.assembly;
    descriptors = lowering.descriptors;
    name = "winograd:f%1$sx%1$s_3x3".formatted(tiles.side());
    components = tiles.components();
    inputs = (int) op.input().size(1);
    outputs = (int) op.output().size(1);
    // In training, weights are transformed in the same step and still cached: JIT kernels gain
    // nothing.
    inPanels =
        purpose == Purpose.INFERENCE
            && Native.runsOwnCode()
            && shares(outputs).stream()
                .map(share -> pieces(share, inputs + share.results.count()))
                .allMatch(pieces -> largest(pieces) <= FewPixels.MOST);
    weights = new WinogradWeights(assembly, op, tiles, name, inPanels);
  }

  /** Returns the transforms of weights and their gradients. */
  WinogradWeights weights() {
    return weights;
  }

  /** Returns the boundaries of {@code parts} parts of almost equal size. */
  static int[] bounds(int from, int to, int parts) {
    return IntStream.rangeClosed(0, parts)
        .map(i -> from + (int) ((long) (to - from) * i / parts))
        .toArray();
  }

  static <T> List<T> ranges(int[] bounds, BiFunction<Integer, Integer, T> make) {
    return IntStream.range(0, bounds.length - 1)
        .mapToObj(i -> make.apply(bounds[i], bounds[i + 1]))
        .toList();
  }

  /**
   * The tiles and results that one thread computes.
   *
   * @param number of the part of the weights that it reads
   */
  private record Share(int from, int to, Range results, int number) {}

  /** Returns a share for each thread: some tiles and all results, or all tiles and some results. */
  private List<Share> shares(int results) {
    if (WinogradCost.areShared(tiles)) {
      return ranges(
          bounds(0, tiles.count(), Native.threads()),
          (from, to) -> new Share(from, to, Range.all(results), 0));
    }
    List<Range> parts = WinogradWeights.parts(tiles, results);
    return IntStream.range(0, parts.size())
        .mapToObj(i -> new Share(0, tiles.count(), parts.get(i), i))
        .toList();
  }

  /**
   * Returns the layout {@code [components, count, channels]} of transformed tiles or matmul
   * results.
   */
  private dnnl_memory_desc tiled(int count, int channels) {
    return assembly.strided(
        new long[] {components, count, channels},
        new long[] {TileTransforms.componentStride(count, channels), channels, 1});
  }

  /** Returns the layout {@code [components, channels, count]} of the same memory. */
  private dnnl_memory_desc transposed(int count, int channels) {
    return assembly.strided(
        new long[] {components, channels, count},
        new long[] {TileTransforms.componentStride(count, channels), 1, channels});
  }

  /**
   * Packs weights for inference.
   *
   * @param plain folded weights [out, in, 3, 3]
   */
  InferenceProgram.Prepared prepare(Buffer plain) {
    List<Buffer> transformed = weights.transformed(plain, false, true);
    return (source, bias, add, destination) ->
        forward(source, transformed, bias, add, op.fused().activation(), destination);
  }

  /** Emits the forward pass. */
  void forward(
      Buffer source,
      List<Buffer> weights,
      @Nullable Buffer bias,
      boolean add,
      Nonlinearity activation,
      Buffer destination) {
    convolve(
        "forward", source, inputs, weights, destination, outputs, new End(bias, add, activation));
  }

  /** Emits the gradient of the input. */
  void backwardData(Buffer gradient, List<Buffer> weights, Buffer into) {
    convolve(
        "backward data",
        gradient,
        outputs,
        weights,
        into,
        inputs,
        new End(null, false, Nonlinearity.IDENTITY));
  }

  /** The epilogue of the matmuls: a bias, a sum with the destination, and an activation. */
  private record End(@Nullable Buffer bias, boolean add, Nonlinearity activation) {
    /** Returns the epilogue with the addresses of allocated memory. */
    TileTransforms.Finish made() {
      return new TileTransforms.Finish(
          bias == null ? null : Memory.floats(bias), add, activation.low(), activation.high());
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
      Range made = Range.all(share.results.count());
      int[] pieces = pieces(share, from + made.count());
      Buffer transformed = scratch(pieces, from, used);
      Buffer products = scratch(pieces, made.count(), used);
      Buffer read = weights.get(share.number);
      Map<Integer, Supplier<Runnable>> multiply =
          bySize(
              pieces,
              count ->
                  inPanels
                      ? panels(count, transformed, from, read, products, made.count())
                      : product(
                          work,
                          assembly.view(transformed, tiled(count, from)),
                          read,
                          assembly.view(products, tiled(count, made.count())),
                          false));
      threads.add(
          () -> {
            TileTransforms transforms = tileTransforms(inPanels);
            IntConsumer product = made(multiply);
            Floats images = Memory.floats(source);
            Floats left = Memory.floats(transformed);
            Floats right = Memory.floats(products);
            Floats results = Memory.floats(destination);
            TileTransforms.Finish finish = end.made();
            Range all = Range.all(from);
            return () ->
                forEach(
                    pieces,
                    (first, last) -> {
                      transforms.inputs(images, all, first, last, left, all);
                      product.accept(last - first);
                      transforms.outputs(right, made, first, last, results, share.results, finish);
                    });
          });
    }
    assembly.compute(op.layer(), work, name, together(threads), used.toArray(new Buffer[0]));
  }

  /**
   * Emits the gradient of the weights.
   *
   * @param into [out, in, 3, 3]
   */
  void backwardWeights(Buffer source, Buffer gradient, Buffer into) {
    String work = "backward weights";
    List<Buffer> used = new ArrayList<>(List.of(source, gradient));
    List<Supplier<Runnable>> threads = new ArrayList<>();
    List<Buffer> sums = new ArrayList<>();
    for (Share share : shares(outputs)) {
      Range own = Range.all(share.results.count());
      int[] pieces = pieces(share, inputs + own.count());
      Buffer transformed = scratch(pieces, inputs, used);
      Buffer gradients = scratch(pieces, own.count(), used);
      Buffer sum =
          assembly.planned(
              op.layer(),
              assembly.layout(
                  new long[] {components, inputs, own.count()}, Native.F32, dnnl.dnnl_abc));
      sums.add(sum);
      BiFunction<Integer, Boolean, Supplier<Runnable>> sumOf =
          (count, add) ->
              product(
                  work,
                  assembly.view(transformed, transposed(count, inputs)),
                  assembly.view(gradients, tiled(count, own.count())),
                  sum,
                  add);
      Map<Integer, Supplier<Runnable>> begin =
          bySize(Arrays.copyOf(pieces, 2), count -> sumOf.apply(count, false));
      Map<Integer, Supplier<Runnable>> goOn =
          bySize(Arrays.copyOfRange(pieces, 1, pieces.length), count -> sumOf.apply(count, true));
      threads.add(
          () -> {
            TileTransforms transforms = tileTransforms(false);
            IntConsumer product = made(begin);
            IntConsumer addProduct = made(goOn);
            Floats images = Memory.floats(source);
            Floats results = Memory.floats(gradient);
            Floats left = Memory.floats(transformed);
            Floats right = Memory.floats(gradients);
            Range read = Range.all(inputs);
            return () ->
                forEach(
                    pieces,
                    (first, end) -> {
                      transforms.inputs(images, read, first, end, left, read);
                      transforms.gradients(results, share.results, first, end, right, own);
                      (first == pieces[0] ? product : addProduct).accept(end - first);
                    });
          });
    }
    used.addAll(sums);
    assembly.compute(op.layer(), work, name, together(threads), used.toArray(new Buffer[0]));
    weights.gradients(sums, into);
  }

  /** Returns the boundaries of the pieces of a share, of almost equal sizes. */
  private int[] pieces(Share share, int channels) {
    int room = (int) Math.max(TILES, CACHE / ((long) components * channels * Float.BYTES));
    return bounds(share.from, share.to, (share.to - share.from + room - 1) / room);
  }

  private TileTransforms tileTransforms(boolean blocks) {
    return assembly.own(new TileTransforms(tiles, blocks), TileTransforms::close);
  }

  private static int largest(int[] pieces) {
    return ranges(pieces, (from, to) -> to - from).stream().mapToInt(i -> i).max().orElse(0);
  }

  private Buffer scratch(int[] pieces, int channels, List<Buffer> used) {
    int count = largest(pieces);
    long floats = components * TileTransforms.componentStride(count, channels);
    Buffer made =
        assembly.planned(op.layer(), assembly.layout(new long[] {floats}, Native.F32, dnnl.dnnl_a));
    used.add(made);
    return made;
  }

  /** Returns what {@code make} creates for each number of tiles in a piece. */
  private static Map<Integer, Supplier<Runnable>> bySize(
      int[] pieces, IntFunction<Supplier<Runnable>> make) {
    Map<Integer, Supplier<Runnable>> bySize = new HashMap<>();
    forEach(pieces, (from, to) -> bySize.computeIfAbsent(to - from, make::apply));
    return bySize;
  }

  /** Returns a function that runs the step for a number of tiles. */
  private static IntConsumer made(Map<Integer, Supplier<Runnable>> makers) {
    Map<Integer, Runnable> made = new HashMap<>();
    makers.forEach((count, maker) -> made.put(count, maker.get()));
    return count -> Objects.requireNonNull(made.get(count)).run();
  }

  /** Returns left times right for each component, by a JIT kernel in one thread. */
  private Supplier<Runnable> panels(
      int count, Buffer left, int from, Buffer right, Buffer result, int to) {
    Panels panels = codes.computeIfAbsent(count, this::code);
    long block = (long) count * BLOCK * Float.BYTES;
    return () -> {
      List<Panels.Operands> products = new ArrayList<>();
      for (long i = 0; i < components; i++) {
        products.add(
            new Panels.Operands(
                new long[] {left.address() + i * bytes(count, from)},
                from / BLOCK,
                block,
                right.address() + i * from * to * Float.BYTES,
                0,
                result.address() + i * bytes(count, to),
                block,
                to / BLOCK));
      }
      return panels.on(products);
    };
  }

  private Panels code(int count) {
    int[] rows = IntStream.range(0, count).map(row -> row * BLOCK * Float.BYTES).toArray();
    Nonlinearity none = Nonlinearity.IDENTITY;
    return assembly.own(
        new Panels(new Panels.Rows(rows, rows, false, false, none.low(), none.high())),
        Panels::close);
  }

  /** Returns the number of bytes of one component of transformed tiles. */
  private static long bytes(int count, int channels) {
    return TileTransforms.componentStride(count, channels) * Float.BYTES;
  }

  /** Returns left times right for each component, by a oneDNN matmul in one thread. */
  private Supplier<Runnable> product(
      String work, Buffer left, Buffer right, Buffer result, boolean add) {
    Supplier<Step> step =
        Native.forOneThread(
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
    return () -> Native.forOneThread(step)::run;
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
