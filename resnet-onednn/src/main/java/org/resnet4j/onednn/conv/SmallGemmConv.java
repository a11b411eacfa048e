package org.resnet4j.onednn.conv;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.code.GemmShape;
import org.resnet4j.onednn.code.Kernel;
import org.resnet4j.onednn.code.Simd;
import org.resnet4j.onednn.code.SmallGemm;
import org.resnet4j.onednn.exec.Assembly;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.Native;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.exec.Team;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Window;

/**
 * An inference convolution for few output pixels, computed by a JIT kernel (docs/adr/0012). The
 * pixels stay in registers while the weights are streamed.
 */
final class SmallGemmConv {
  /** The number of channels whose weights are adjacent. */
  private static final int PANEL = SmallGemm.PANEL;

  private final Assembly assembly;
  private final ConvShape op;
  private final Window window;
  private final int inputs;
  private final int outputs;
  private final Simd simd;

  /** The shape of the input with its zero padding: {@code [N, C, H, W]} or larger. */
  private final long[] padded;

  /** Creates the convolution for an {@code op} that {@link #fits} accepts. */
  SmallGemmConv(Assembly assembly, ConvShape op) {
    this.op = op;
    this.assembly = assembly;
    window = op.window();
    inputs = (int) op.input().size(1);
    outputs = (int) op.output().size(1);
    simd = Native.simd();
    padded = padded(op);
  }

  /** Returns whether {@code op} has few pixels and the JIT kernel can compute it. */
  static boolean fits(ConvShape op) {
    return op.hasFewPixels()
        && Native.kernelObstacle() == null
        && op.activation().clips()
        && op.input().size(1) % PANEL == 0
        && op.output().size(1) % PANEL == 0
        && isAddressable(op);
  }

  /** Returns whether distances within images and weights fit 31 bits. */
  private static boolean isAddressable(ConvShape op) {
    double image = Float.BYTES;
    for (long size : padded(op)) {
      image *= size;
    }
    double weights = Float.BYTES;
    for (long size : op.weightShape()) {
      weights *= size;
    }
    return image < Integer.MAX_VALUE && weights < Integer.MAX_VALUE;
  }

  /**
   * Packs the weights.
   *
   * @param plain folded weights [out, in, kh, kw]
   */
  PackedConv prepare(Buffer plain) {
    Buffer weights = weights(plain);
    Buffer room = room();
    return (source, bias, add, destination) ->
        forward(source, room, weights, bias, add, destination);
  }

  /**
   * Returns the weights in the order in which the kernel reads them.
   *
   * @param plain [out, in, kh, kw]
   * @return [out / panel, kh, kw, in, panel]
   */
  private Buffer weights(Buffer plain) {
    long taps = taps();
    long width = window.kernel()[1];
    long[] shape = {outputs / PANEL, PANEL, inputs, window.kernel()[0], width};
    dnnl_memory_desc ordered =
        assembly.strided(
            shape,
            new long[] {
              taps * inputs * PANEL, 1, PANEL, width * inputs * PANEL, (long) inputs * PANEL
            });
    Buffer made = assembly.persistent(op.layer(), ordered);
    dnnl_memory_desc seen =
        assembly.strided(shape, new long[] {taps * inputs * PANEL, taps * inputs, taps, width, 1});
    assembly.reorder(op.layer(), "weights", assembly.view(plain, seen), made);
    return made;
  }

  private long taps() {
    return window.kernel()[0] * window.kernel()[1];
  }

  private static long[] padded(ConvShape op) {
    Window window = op.window();
    long[] shape = op.input().shape().clone();
    for (int i = 0; i < 2; i++) {
      long reach = (window.kernel()[i] - 1) * window.dilation()[i] + 1;
      long read = (op.output().shape()[2 + i] - 1) * window.stride()[i] + reach;
      shape[2 + i] = Math.max(read, window.padBegin()[i] + shape[2 + i]);
    }
    return shape;
  }

  /**
   * Returns a buffer for {@link #padded}, or null without padding. A step that is added here writes
   * the zeros once.
   */
  private @Nullable Buffer room() {
    if (Arrays.equals(padded, op.input().shape())) {
      return null;
    }
    Buffer room = assembly.persistent(op.layer(), assembly.layout(padded, OneDnnLibrary.F32));
    assembly.zero(op.layer(), room);
    return room;
  }

  private void forward(
      Buffer source,
      @Nullable Buffer room,
      Buffer weights,
      Buffer bias,
      boolean add,
      Buffer destination) {
    Buffer read = source;
    if (room != null) {
      long[] begin = {0, 0, window.padBegin()[0], window.padBegin()[1]};
      Buffer inside = assembly.view(room, assembly.part(room.layout, op.input().shape(), begin));
      assembly.reorder(op.layer(), "input layout", source, inside);
      read = room;
    }
    Buffer images = read;
    assembly.compute(
        op.layer(),
        "forward",
        "small_gemm:" + simd.name().toLowerCase(Locale.ROOT),
        () -> {
          GemmShape shape = shape(add);
          Kernel kernel = assembly.kernel(SmallGemm.code(simd, shape));
          return assembly.work(
              product(images, weights, bias, destination).shares(shape, Team.size()).stream()
                  .map(share -> SmallGemm.operands(shape, List.of(share)))
                  .map(operands -> List.of(assembly.call(kernel, operands)))
                  .toList());
        },
        images,
        weights,
        bias,
        destination);
  }

  private GemmShape shape(boolean add) {
    long[] in = padded;
    long[] out = op.output().shape();
    int vector = simd.bytes();
    int lanes = simd.lanes();
    long image = inputs / lanes * in[2] * in[3];
    int[] from = new int[(int) (out[0] * out[2] * out[3])];
    int[] into = new int[from.length];
    int row = 0;
    for (long n = 0; n < out[0]; n++) {
      for (long y = 0; y < out[2]; y++) {
        for (long x = 0; x < out[3]; x++) {
          long pixel = y * window.stride()[0] * in[3] + x * window.stride()[1];
          from[row] = Math.toIntExact((n * image + pixel) * vector);
          long made = (n * (outputs / lanes) * out[2] + y) * out[3] + x;
          into[row] = Math.toIntExact(made * vector);
          row++;
        }
      }
    }
    Nonlinearity activation = op.activation();
    int block = Math.toIntExact(in[2] * in[3] * vector);
    int results = Math.toIntExact(out[2] * out[3] * vector);
    int panel = PANEL * Float.BYTES;
    int chunks = GemmShape.Left.segments(inputs, lanes);
    return new GemmShape(
        new GemmShape.Left((int) taps() * chunks, from, inputs / chunks, Float.BYTES, lanes, block),
        new GemmShape.Weights(panel, vector, Math.toIntExact(taps() * inputs * panel), true),
        new GemmShape.Results(into, results, results * (PANEL / lanes)),
        new GemmShape.End(true, add, activation.low(), activation.high()));
  }

  private SmallGemm.Product product(
      Buffer images, Buffer weights, Buffer bias, Buffer destination) {
    long[] in = padded;
    int chunks = GemmShape.Left.segments(inputs, simd.lanes());
    long chunk = (long) inputs / simd.lanes() / chunks * in[2] * in[3];
    long[] segments = new long[(int) taps() * chunks];
    for (int i = 0; i < segments.length; i++) {
      int tap = i / chunks;
      long y = tap / window.kernel()[1] * window.dilation()[0];
      long x = tap % window.kernel()[1] * window.dilation()[1];
      long pixel = i % chunks * chunk + y * in[3] + x;
      segments[i] = images.address() + pixel * simd.bytes();
    }
    return new SmallGemm.Product(
        segments, weights.address(), bias.address(), destination.address(), outputs / PANEL);
  }
}
