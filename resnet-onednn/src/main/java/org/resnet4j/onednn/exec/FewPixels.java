package org.resnet4j.onednn.exec;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.code.Panels;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Window;

/**
 * An inference convolution for few output pixels, computed by a JIT kernel (docs/adr/0012). The
 * pixels stay in registers while the weights are streamed.
 */
final class FewPixels {
  /**
   * The number of pixels in a batch up to which reading the weights from memory limits a
   * convolution (docs/adr/0008).
   */
  static final long MOST = 64;

  private static final int BLOCK = ImageLayout.BLOCK;
  private static final int VECTOR = BLOCK * Float.BYTES;

  private final Assembly assembly;
  private final Op.Conv op;
  private final Window window;
  private final int inputs;
  private final int outputs;

  /** The shape of the input with its zero padding: {@code [N, C, H, W]} or larger. */
  private final long[] padded;

  /** Creates the convolution for an {@code op} that {@link #fits} accepts. */
  FewPixels(Lowering lowering, Op.Conv op) {
    this.op = op;
    assembly = lowering.assembly;
    window = op.window();
    inputs = (int) op.input().size(1);
    outputs = (int) op.output().size(1);
    padded = padded();
  }

  /** Returns whether {@code op} has few pixels and the JIT kernel can compute it. */
  static boolean fits(Op.Conv op) {
    return areFew(op)
        && Native.runsOwnCode()
        && op.fused().activation().clips()
        && op.input().size(1) % BLOCK == 0
        && op.output().size(1) % BLOCK == 0;
  }

  /** Returns whether the weights of {@code op} are read for at most {@link #MOST} pixels. */
  static boolean areFew(Op.Conv op) {
    long[] out = op.output().shape();
    return op.groups() == 1 && out[0] * out[2] * out[3] <= MOST;
  }

  /**
   * Packs the weights.
   *
   * @param plain folded weights [out, in, kh, kw]
   */
  InferenceProgram.Prepared prepare(Buffer plain) {
    Buffer weights = weights(plain);
    Buffer room = room();
    return (source, bias, add, destination) ->
        forward(source, room, weights, bias, add, destination);
  }

  /**
   * Returns the weights in the order in which the kernel reads them.
   *
   * @param plain [out, in, kh, kw]
   * @return [out / 16, kh, kw, in, 16]
   */
  private Buffer weights(Buffer plain) {
    long taps = taps();
    long width = window.kernel()[1];
    long[] shape = {outputs / BLOCK, BLOCK, inputs, window.kernel()[0], width};
    dnnl_memory_desc ordered =
        assembly.strided(
            shape,
            new long[] {
              taps * inputs * BLOCK, 1, BLOCK, width * inputs * BLOCK, (long) inputs * BLOCK
            });
    Buffer made = assembly.persistent(op.layer(), ordered);
    dnnl_memory_desc seen =
        assembly.strided(shape, new long[] {taps * inputs * BLOCK, taps * inputs, taps, width, 1});
    assembly.reorder(op.layer(), "weights", assembly.view(plain, seen), made);
    return made;
  }

  private long taps() {
    return window.kernel()[0] * window.kernel()[1];
  }

  private long[] padded() {
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
    Buffer room = assembly.persistent(op.layer(), assembly.layout(padded, Native.F32));
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
    Panels panels = assembly.own(new Panels(rows(add)), Panels::close);
    Buffer images = read;
    assembly.compute(
        op.layer(),
        "forward",
        "panels:avx512",
        () -> {
          Panels.Operands all = operands(images, weights, bias, destination);
          Panels.Work work = panels.on(all.shares(Native.threads()));
          return () -> Team.run(work.code(), work.start());
        },
        images,
        weights,
        bias,
        destination);
  }

  private Panels.Rows rows(boolean add) {
    long[] in = padded;
    long[] out = op.output().shape();
    long image = inputs / BLOCK * in[2] * in[3];
    int[] from = new int[(int) (out[0] * out[2] * out[3])];
    int[] into = new int[from.length];
    int row = 0;
    for (long n = 0; n < out[0]; n++) {
      for (long y = 0; y < out[2]; y++) {
        for (long x = 0; x < out[3]; x++) {
          long pixel = y * window.stride()[0] * in[3] + x * window.stride()[1];
          from[row] = Math.toIntExact((n * image + pixel) * VECTOR);
          long made = (n * (outputs / BLOCK) * out[2] + y) * out[3] + x;
          into[row] = Math.toIntExact(made * VECTOR);
          row++;
        }
      }
    }
    Nonlinearity activation = op.fused().activation();
    return new Panels.Rows(from, into, true, add, activation.low(), activation.high());
  }

  private Panels.Operands operands(Buffer images, Buffer weights, Buffer bias, Buffer destination) {
    long[] in = padded;
    long[] out = op.output().shape();
    long[] segments = new long[(int) taps()];
    for (int i = 0; i < segments.length; i++) {
      long y = i / window.kernel()[1] * window.dilation()[0];
      long x = i % window.kernel()[1] * window.dilation()[1];
      segments[i] = images.address() + (y * in[3] + x) * VECTOR;
    }
    return new Panels.Operands(
        segments,
        inputs / BLOCK,
        in[2] * in[3] * VECTOR,
        weights.address(),
        bias.address(),
        destination.address(),
        out[2] * out[3] * VECTOR,
        outputs / BLOCK);
  }
}
