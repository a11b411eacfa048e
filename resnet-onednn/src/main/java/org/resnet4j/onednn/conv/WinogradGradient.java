package org.resnet4j.onednn.conv;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.dnnl.global.dnnl;
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
import org.resnet4j.onednn.winograd.InputTransform;
import org.resnet4j.onednn.winograd.Range;
import org.resnet4j.onednn.winograd.Scratch;
import org.resnet4j.onednn.winograd.TileLayout;
import org.resnet4j.onednn.winograd.Tiles;

/**
 * The gradient of the weights of a {@link Winograd} convolution. For each component, transformed
 * inputs are multiplied by transformed gradients of outputs, and summed over all tiles.
 */
final class WinogradGradient {
  private static final String WORK = "backward weights";

  /** The number of tiles that a matmul adds without a jump. */
  private static final int BLOCK = 8;

  private final Assembly assembly;
  private final ConvShape op;
  private final Tiles tiles;
  private final String name;
  private final Simd simd;
  private final int inputs;
  private final WinogradShares shares;
  private final TileLayout left;
  private final TileLayout right;

  /** Creates the gradient of {@code op}; {@code name} is the implementation's. */
  WinogradGradient(Assembly assembly, ConvShape op, Tiles tiles, String name) {
    this.assembly = assembly;
    this.op = op;
    this.tiles = tiles;
    this.name = name;
    simd = Native.simd();
    inputs = (int) op.input().size(1);
    shares = WinogradShares.of(tiles, inputs, (int) op.output().size(1));
    int largest = shares.sizes().last();
    left = TileLayout.inRows(simd, largest, inputs);
    right = TileLayout.inBlocks(simd, largest, shares.results());
  }

  /** The buffers of one thread: transformed inputs and gradients, and the sums of products. */
  private record Task(WinogradShares.Share share, Buffer tiles, Buffer gradients, Buffer sums) {}

  /** Emits the gradient {@code into} [out, in, 3, 3]. */
  void emit(Buffer source, Buffer gradient, Buffer into) {
    List<Buffer> used = new ArrayList<>(List.of(source, gradient));
    List<Task> tasks = new ArrayList<>();
    for (WinogradShares.Share share : shares.shares()) {
      Task task =
          new Task(
              share,
              planned(left.floats(tiles)),
              planned(right.floats(tiles)),
              planned((long) tiles.components() * inputs * shares.results()));
      used.addAll(List.of(task.tiles, task.gradients, task.sums));
      tasks.add(task);
    }
    Supplier<Runnable> kernel =
        () -> {
          Sums made = new Sums(source, gradient);
          return assembly.work(tasks.stream().map(made::calls).toList());
        };
    assembly.compute(op.layer(), WORK, name, kernel, used.toArray(new Buffer[0]));
    List<Buffer> sums = tasks.stream().map(Task::sums).toList();
    new WinogradWeights(assembly, op, tiles, name).gradients(sums, into);
  }

  private Buffer planned(long floats) {
    return assembly.planned(
        op.layer(), assembly.layout(new long[] {floats}, OneDnnLibrary.F32, dnnl.dnnl_a));
  }

  /** The kernels on allocated memory. */
  private final class Sums {
    private final Buffer source;
    private final Buffer gradient;
    private final InputTransform ofInputs = new InputTransform(simd, tiles, false, left);
    private final InputTransform ofGradients = new InputTransform(simd, tiles, true, right);
    private final Kernel input = assembly.kernel(ofInputs.code());
    private final Kernel output = assembly.kernel(ofGradients.code());

    /** The matmuls that begin sums, and those that continue them, by number of tiles. */
    private final Map<Integer, Kernel> begin = new TreeMap<>();

    private final Map<Integer, Kernel> goOn = new TreeMap<>();

    Sums(Buffer source, Buffer gradient) {
      this.source = source;
      this.gradient = gradient;
      for (int count : shares.sizes()) {
        begin.put(count, assembly.kernel(SmallGemm.code(simd, shape(count, false))));
        goOn.put(count, assembly.kernel(SmallGemm.code(simd, shape(count, true))));
      }
    }

    List<Call> calls(Task task) {
      Scratch rows = assembly.own(ofInputs.scratch(), Scratch::close);
      Scratch others = assembly.own(ofGradients.scratch(), Scratch::close);
      List<Call> calls = new ArrayList<>();
      task.share.forEach(
          (from, to) -> {
            boolean first = calls.isEmpty();
            Operands inputTiles =
                ofInputs.operands(
                    Memory.floats(source),
                    Range.all(inputs),
                    from,
                    to,
                    Memory.floats(task.tiles),
                    rows);
            Operands gradientTiles =
                ofGradients.operands(
                    Memory.floats(gradient),
                    task.share.results(),
                    from,
                    to,
                    Memory.floats(task.gradients),
                    others);
            Kernel multiply = Objects.requireNonNull((first ? begin : goOn).get(to - from));
            calls.add(assembly.call(input, inputTiles));
            calls.add(assembly.call(output, gradientTiles));
            calls.add(assembly.call(multiply, product(task, to - from, !first)));
          });
      return calls;
    }

    private Operands product(Task task, int count, boolean add) {
      List<SmallGemm.Product> products = new ArrayList<>();
      long component = (long) inputs * right.channels() * Float.BYTES;
      for (long i = 0; i < tiles.components(); i++) {
        products.add(
            new SmallGemm.Product(
                new long[] {task.tiles.address() + i * left.component()},
                task.gradients.address() + i * right.component(),
                0,
                task.sums.address() + i * component,
                right.channels() / SmallGemm.PANEL));
      }
      return SmallGemm.operands(shape(count, add), products);
    }

    private GemmShape shape(int count, boolean add) {
      int row = right.channels() * Float.BYTES;
      return new GemmShape(
          new GemmShape.Left(
              1,
              IntStream.range(0, inputs).map(channel -> channel * Float.BYTES).toArray(),
              count,
              left.tile(),
              BLOCK,
              BLOCK * left.tile()),
          new GemmShape.Weights(
              right.tile(), right.block(), right.block() * (SmallGemm.PANEL / simd.lanes()), false),
          new GemmShape.Results(
              IntStream.range(0, inputs).map(channel -> channel * row).toArray(),
              simd.bytes(),
              SmallGemm.PANEL * Float.BYTES),
          GemmShape.End.plain(add));
    }
  }
}
