package org.resnet4j.onednn.exec;

import java.util.HashMap;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.onednn.ir.Int8;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Value;

/**
 * Maps values to buffers, and holds the emission helpers that inference and training share. Images
 * have the program's layout and precision; vectors are contiguous, in single precision.
 */
public class EmitContext {
  public final Assembly assembly;
  public final Descriptors descriptors;
  private final ImageLayout images;
  private final int imageType;
  private final Map<Value, Buffer> places = new HashMap<>();
  private final Map<Value, Buffer> given = new HashMap<>();

  /** The order of axes of the network's own images. */
  private final int outside;

  /**
   * Creates a context.
   *
   * @param channelsLast whether the network's own images are {@code [N, H, W, C]}
   */
  EmitContext(ImageLayout images, boolean bfloat16, boolean channelsLast) {
    this.images = images;
    outside = channelsLast ? dnnl.dnnl_nhwc : dnnl.dnnl_nchw;
    imageType = bfloat16 ? OneDnnLibrary.BF16 : OneDnnLibrary.F32;
    assembly = new Assembly(images);
    descriptors = new Descriptors(assembly);
  }

  /**
   * Returns whether images are stored in blocks of sixteen channels, as the JIT kernels read them.
   */
  public boolean isBlocked() {
    return images == ImageLayout.BLOCKED;
  }

  public int type(Value value) {
    Int8 int8 = value.int8();
    return int8 != null
        ? OneDnnLibrary.type(int8)
        : value.rank() == 4 ? imageType : OneDnnLibrary.F32;
  }

  /** Returns the layout of an image. */
  public ImageLayout imageLayout(Value value) {
    return images.of(value.size(1));
  }

  public dnnl_memory_desc channelsLast(Value value) {
    return assembly.layout(value.shape(), type(value), dnnl.dnnl_nhwc);
  }

  public dnnl_memory_desc layout(Value value) {
    return assembly.layout(value.shape(), type(value));
  }

  /**
   * Returns a buffer of contiguous floats, vectors or images in the order of the network, whose
   * address is set later.
   */
  public Buffer plain(Value value) {
    int tag = value.rank() == 4 ? outside : dnnl.dnnl_ab;
    return assembly.external(
        value.name(), assembly.layout(value.shape(), OneDnnLibrary.F32, tag), 0);
  }

  /** Returns a buffer for a parameter or its gradient in the network's own memory. */
  public Buffer vector(String layer, INDArray array) {
    return assembly.external(
        layer,
        assembly.layout(new long[] {array.length()}, OneDnnLibrary.F32, dnnl.dnnl_a),
        Memory.address(array));
  }

  /** Declares an input of the network, a buffer as {@link #plain} returns it. */
  Buffer input(Value value) {
    Buffer buffer = plain(value);
    given.put(value, buffer);
    return buffer;
  }

  /** Returns the buffer of {@code value}, in the layout of {@link #layout}. */
  public Buffer at(Value value) {
    return places.computeIfAbsent(
        value,
        missing -> {
          Buffer source = given.get(missing);
          if (source == null) {
            throw new AssertionError(missing + ": read before it was computed");
          }
          return assembly.in(layout(missing), source, missing.name(), "input layout");
        });
  }

  /** Returns {@code value} in the layout {@code wanted}, reordered if necessary. */
  public Buffer at(Value value, dnnl_memory_desc wanted, String layer) {
    Buffer source =
        given.containsKey(value) && !places.containsKey(value) ? given.get(value) : at(value);
    return assembly.in(wanted, source, layer, "input layout");
  }

  public Buffer make(Value value) {
    Buffer buffer = assembly.planned(value.name(), layout(value));
    places.put(value, buffer);
    return buffer;
  }

  public void place(Value value, Buffer buffer) {
    places.put(value, buffer);
  }

  /** Emits the product of two values of one layout. */
  public void product(String layer, String work, Buffer left, Buffer right, Buffer into) {
    assembly.execute(
        layer,
        work,
        descriptors.binary(layer, dnnl.dnnl_binary_mul, into.layout, Nonlinearity.IDENTITY),
        Argument.source(left),
        Argument.secondSource(right),
        Argument.destination(into));
  }

  /**
   * Emits a function of each element, with the parameters of {@code algorithm}, for two values of
   * one layout.
   */
  public void elementwise(
      String layer,
      String work,
      int algorithm,
      double alpha,
      double beta,
      Buffer from,
      Buffer into) {
    assembly.execute(
        layer,
        work,
        descriptors.elementwise(layer, false, algorithm, (float) alpha, (float) beta, from.layout),
        Argument.source(from),
        Argument.destination(into));
  }
}
