package org.resnet4j.onednn.conv;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.code.GemmShape;
import org.resnet4j.onednn.code.Kernel;
import org.resnet4j.onednn.code.Operands;
import org.resnet4j.onednn.code.Simd;
import org.resnet4j.onednn.code.SmallGemm;
import org.resnet4j.onednn.code.WorkList.Call;
import org.resnet4j.onednn.exec.Assembly;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.Memory;
import org.resnet4j.onednn.exec.Native;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.winograd.InputTransform;
import org.resnet4j.onednn.winograd.OutputTransform;
import org.resnet4j.onednn.winograd.Range;
import org.resnet4j.onednn.winograd.Scratch;
import org.resnet4j.onednn.winograd.TileLayout;
import org.resnet4j.onednn.winograd.Tiles;

/**
 * A 3×3 convolution by Winograd's minimal filtering (docs/adr/0011). Tiles are transformed, 36 or
 * 16 matmuls replace the convolution, and their results are transformed back. Each thread does this
 * for its share of the tiles, piece by piece, so that intermediate results stay in its cache. With
 * few tiles, each thread computes a share of the output channels for all tiles instead, and reads
 * only part of the weights.
 */
final class Winograd {
  private final Assembly assembly;
  private final ConvShape op;
  private final Tiles tiles;
  private final WinogradWeights weights;
  private final String name;
  private final int inputs;
  private final int outputs;
  private final Simd simd;

  /**
   * Creates the convolution for an {@code op} that {@link WinogradCost} accepts with {@code tiles}.
   */
  Winograd(Assembly assembly, ConvShape op, Tiles tiles) {
    this.op = op;
    this.tiles = tiles;
    this.assembly = assembly;
    simd = Native.simd();
    name = "winograd:f%1$sx%1$s_3x3".formatted(tiles.side());
    inputs = (int) op.input().size(1);
    outputs = (int) op.output().size(1);
    weights = new WinogradWeights(assembly, op, tiles, name);
  }

  /** Returns the transforms of weights. */
  WinogradWeights weights() {
    return weights;
  }

  /**
   * Packs weights for inference.
   *
   * @param plain folded weights [out, in, 3, 3]
   */
  PackedConv prepare(Buffer plain) {
    List<Buffer> transformed = weights.transformed(plain, false, true);
    return (source, bias, add, destination) ->
        forward(source, transformed, bias, add, op.activation(), destination);
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

  /** Emits the gradient of the weights {@code into} [out, in, 3, 3]. */
  void backwardWeights(Buffer source, Buffer gradient, Buffer into) {
    new WinogradGradient(assembly, op, tiles, name).emit(source, gradient, into);
  }

  /** The epilogue of the matmuls: a bias, a sum with the destination, and an activation. */
  private record End(@Nullable Buffer bias, boolean add, Nonlinearity activation) {
    OutputTransform.Finish finish() {
      return new OutputTransform.Finish(bias != null, add, activation.low(), activation.high());
    }
  }

  /** The buffers of one thread: transformed tiles and matmul results. */
  private record Task(WinogradShares.Share share, Buffer tiles, Buffer products) {}

  private void convolve(
      String work,
      Buffer source,
      int from,
      List<Buffer> weights,
      Buffer destination,
      int to,
      End end) {
    WinogradShares shares = WinogradShares.of(tiles, from, to);
    int largest = shares.sizes().last();
    TileLayout left = TileLayout.inBlocks(simd, largest, from);
    TileLayout right = TileLayout.inBlocks(simd, largest, shares.results());
    List<Buffer> used = new ArrayList<>(weights);
    used.addAll(List.of(source, destination));
    if (end.bias != null) {
      used.add(end.bias);
    }
    List<Task> tasks = new ArrayList<>();
    for (WinogradShares.Share share : shares.shares()) {
      Task task = new Task(share, scratch(left, used), scratch(right, used));
      tasks.add(task);
    }
    Supplier<Runnable> kernel =
        () -> {
          Convolution made =
              new Convolution(shares, source, weights, destination, end, left, right);
          return assembly.work(tasks.stream().map(made::calls).toList());
        };
    assembly.compute(op.layer(), work, name, kernel, used.toArray(new Buffer[0]));
  }

  private Buffer scratch(TileLayout layout, List<Buffer> used) {
    Buffer made =
        assembly.planned(
            op.layer(),
            assembly.layout(new long[] {layout.floats(tiles)}, OneDnnLibrary.F32, dnnl.dnnl_a));
    used.add(made);
    return made;
  }

  /** The kernels of one pass on allocated memory. */
  private final class Convolution {
    private final Buffer source;
    private final List<Buffer> read;
    private final Buffer destination;
    private final End end;
    private final TileLayout left;
    private final TileLayout right;
    private final InputTransform toTiles;
    private final OutputTransform toImages;
    private final Kernel input;
    private final Kernel output;

    /** The matmuls by number of tiles. */
    private final Map<Integer, Kernel> products = new TreeMap<>();

    Convolution(
        WinogradShares shares,
        Buffer source,
        List<Buffer> read,
        Buffer destination,
        End end,
        TileLayout left,
        TileLayout right) {
      this.source = source;
      this.read = read;
      this.destination = destination;
      this.end = end;
      this.left = left;
      this.right = right;
      toTiles = new InputTransform(simd, tiles, false, left);
      toImages = new OutputTransform(simd, tiles, right, end.finish());
      input = assembly.kernel(toTiles.code());
      output = assembly.kernel(toImages.code());
      for (int count : shares.sizes()) {
        products.put(count, assembly.kernel(SmallGemm.code(simd, shape(count))));
      }
    }

    /** Returns the work of one thread: for each piece, transform, multiply, transform back. */
    List<Call> calls(Task task) {
      Scratch rows = assembly.own(toTiles.scratch(), Scratch::close);
      Scratch tile = assembly.own(toImages.scratch(), Scratch::close);
      Range all = Range.all(left.channels());
      List<Call> calls = new ArrayList<>();
      task.share.forEach(
          (from, to) -> {
            Operands inputs =
                toTiles.operands(
                    Memory.floats(source), all, from, to, Memory.floats(task.tiles), rows);
            Operands outputs =
                toImages.operands(
                    Memory.floats(task.products),
                    from,
                    to,
                    Memory.floats(destination),
                    task.share.results(),
                    end.bias == null ? null : Memory.floats(end.bias),
                    tile);
            calls.add(assembly.call(input, inputs));
            calls.add(
                assembly.call(
                    Objects.requireNonNull(products.get(to - from)), product(task, to - from)));
            calls.add(assembly.call(output, outputs));
          });
      return calls;
    }

    private Operands product(Task task, int count) {
      List<SmallGemm.Product> products = new ArrayList<>();
      long component = (long) left.channels() * right.channels() * Float.BYTES;
      long weights = read.get(task.share.number()).address();
      for (long i = 0; i < tiles.components(); i++) {
        products.add(
            new SmallGemm.Product(
                new long[] {task.tiles.address() + i * left.component()},
                weights + i * component,
                0,
                task.products.address() + i * right.component(),
                right.channels() / SmallGemm.PANEL));
      }
      return SmallGemm.operands(shape(count), products);
    }

    private GemmShape shape(int count) {
      int[] rows = IntStream.range(0, count).map(row -> row * simd.bytes()).toArray();
      int panel = SmallGemm.PANEL * Float.BYTES;
      return new GemmShape(
          new GemmShape.Left(1, rows, left.channels(), Float.BYTES, simd.lanes(), left.block()),
          new GemmShape.Weights(panel, simd.bytes(), left.channels() * panel, true),
          new GemmShape.Results(
              rows, right.block(), right.block() * (SmallGemm.PANEL / simd.lanes())),
          GemmShape.End.plain(false));
    }
  }
}
