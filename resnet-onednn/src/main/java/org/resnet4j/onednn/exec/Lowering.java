package org.resnet4j.onednn.exec;

import java.util.HashMap;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.winograd.Tiles;

/**
 * Maps values to buffers, and holds the emission helpers that inference and training share. Images
 * have the program's layout and precision; vectors are contiguous, in single precision.
 */
final class Lowering {
  /**
   * The number of input channels up to which the weight gradient of a stem convolution needs
   * another layout.
   */
  private static final int FEW_CHANNELS = 4;

  final Assembly assembly;
  final Descriptors descriptors;
  private final ImageLayout images;
  private final int imageType;
  private final Map<Value, Buffer> places = new HashMap<>();
  private final Map<Value, Buffer> given = new HashMap<>();

  Lowering(ImageLayout images, boolean bfloat16) {
    this.images = images;
    imageType = bfloat16 ? Native.BF16 : Native.F32;
    assembly = new Assembly(images);
    descriptors = new Descriptors(assembly);
  }

  /**
   * Returns whether images are stored in blocks of sixteen channels, as the JIT kernels read them.
   */
  boolean isBlocked() {
    return images == ImageLayout.BLOCKED;
  }

  /** Returns the Winograd convolution for {@code op}; null if a primitive is faster. */
  @Nullable Winograd winograd(Op.Conv op, Winograd.Purpose purpose) {
    Tiles tiles = isBlocked() ? WinogradCost.tiles(op, purpose) : null;
    return tiles == null ? null : new Winograd(this, op, tiles);
  }

  int type(Value value) {
    return value.rank() == 4 ? imageType : Native.F32;
  }

  /** Returns the layout of an image. */
  ImageLayout imageLayout(Value value) {
    return images.of(value.size(1));
  }

  dnnl_memory_desc channelsLast(Value value) {
    return assembly.layout(value.shape(), type(value), dnnl.dnnl_nhwc);
  }

  dnnl_memory_desc layout(Value value) {
    return assembly.layout(value.shape(), type(value));
  }

  /** Returns a buffer of contiguous floats, [N, C, H, W] or [N, F], whose address is set later. */
  Buffer plain(Value value) {
    int tag = value.rank() == 4 ? dnnl.dnnl_nchw : dnnl.dnnl_ab;
    return assembly.external(value.name(), assembly.layout(value.shape(), Native.F32, tag), 0);
  }

  /** Returns a buffer for a parameter or its gradient in the network's own memory. */
  Buffer vector(String layer, INDArray array) {
    return assembly.external(
        layer,
        assembly.layout(new long[] {array.length()}, Native.F32, dnnl.dnnl_a),
        Memory.address(array));
  }

  /** Declares an input of the network: [N, C, H, W] or [N, F] floats whose address is set later. */
  Buffer input(Value value) {
    Buffer buffer = plain(value);
    given.put(value, buffer);
    return buffer;
  }

  /** Returns the buffer of {@code value}, in the layout of {@link #layout}. */
  Buffer at(Value value) {
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
  Buffer at(Value value, dnnl_memory_desc wanted, String layer) {
    Buffer source =
        given.containsKey(value) && !places.containsKey(value) ? given.get(value) : at(value);
    return assembly.in(wanted, source, layer, "input layout");
  }

  Buffer make(Value value) {
    Buffer buffer = assembly.planned(value.name(), layout(value));
    places.put(value, buffer);
    return buffer;
  }

  void place(Value value, Buffer buffer) {
    places.put(value, buffer);
  }

  /**
   * Returns the layout of a convolution's input. It is the value's own layout. oneDNN chooses it
   * for one channel, and for a few channels if a weight gradient or a blocked result is needed.
   */
  dnnl_memory_desc convSource(Value value, boolean weightGradient) {
    boolean few = weightGradient || images == ImageLayout.BLOCKED;
    return value.size(1) <= (few ? FEW_CHANNELS : 1)
        ? assembly.layout(value.shape(), type(value), dnnl.dnnl_format_tag_any)
        : layout(value);
  }

  /**
   * Returns the layout in which Deeplearning4j stores a convolution's weights and their gradient.
   */
  dnnl_memory_desc plainWeights(Op.Conv op) {
    long[] shape = op.weightShape();
    return assembly.layout(shape, Native.F32, shape.length == 5 ? dnnl.dnnl_goihw : dnnl.dnnl_oihw);
  }

  /**
   * Returns the layout {@code [N, C, H, W]} of a pooling's output, even if the value is {@code [N,
   * C]}.
   */
  dnnl_memory_desc pooled(Op.Pool op) {
    return assembly.layout(
        op.window().outputShape(op.input(), op.input().size(1)), type(op.input()));
  }

  /**
   * Returns the buffer that a pooling writes: its output, or a temporary buffer if the output is a
   * vector.
   */
  Buffer poolDestination(Op.Pool op) {
    return op.output().rank() == 4
        ? make(op.output())
        : assembly.planned(op.output().name(), pooled(op));
  }

  /** Copies the output of a pooling to a vector if the value is one. */
  void afterPool(Op.Pool op, Buffer pooled) {
    if (op.output().rank() == 2) {
      dnnl_memory_desc rows = assembly.layout(op.output().shape(), type(op.input()));
      place(
          op.output(),
          assembly.in(layout(op.output()), assembly.view(pooled, rows), op.layer(), "to floats"));
    }
  }

  /**
   * Adds two values.
   *
   * @param overwrite the left summand is not read afterwards; the result overwrites it
   */
  void add(Op.Add op, boolean overwrite) {
    dnnl_memory_desc layout = layout(op.output());
    Buffer left = at(op.left());
    Buffer right = at(op.right());
    Buffer out = overwrite ? left : make(op.output());
    place(op.output(), out);
    assembly.execute(
        op.layer(),
        "forward",
        descriptors.binary(op.layer(), dnnl.dnnl_binary_add, layout, op.activation()),
        Argument.source(left),
        Argument.secondSource(right),
        Argument.destination(out));
  }

  void activate(Op.Activate op, boolean training) {
    dnnl_memory_desc layout = layout(op.output());
    Nonlinearity activation = op.activation();
    dnnl_primitive_desc descriptor =
        activation == Nonlinearity.SOFTMAX
            ? descriptors.softmax(op.layer(), layout)
            : descriptors.elementwise(
                op.layer(),
                training,
                training ? Descriptors.backward(activation) : Descriptors.forward(activation),
                0,
                Descriptors.beta(activation),
                layout);
    assembly.execute(
        op.layer(),
        "forward",
        descriptor,
        Argument.source(at(op.input())),
        Argument.destination(make(op.output())));
  }

  void scale(Op.Scale op) {
    multiply(op, at(op.input()), make(op.output()), "forward");
  }

  void multiply(Op.Scale op, Buffer from, Buffer to, String work) {
    assembly.execute(
        op.layer(),
        work,
        descriptors.elementwise(
            op.layer(), false, dnnl.dnnl_eltwise_linear, (float) op.factor(), 0, to.layout),
        Argument.source(from),
        Argument.destination(to));
  }

  void product(String layer, String work, Buffer left, Buffer right, Buffer into) {
    assembly.execute(
        layer,
        work,
        descriptors.binary(layer, dnnl.dnnl_binary_mul, into.layout, Nonlinearity.IDENTITY),
        Argument.source(left),
        Argument.secondSource(right),
        Argument.destination(into));
  }

  /** Multiplies {@code images} by the factors of {@code op}, then applies {@code after}. */
  void scaledChannels(
      Op.ScaleChannels op, String work, Buffer images, Buffer into, dnnl_primitive_attr after) {
    Value value = op.factors();
    dnnl_memory_desc layout =
        assembly.layout(new long[] {value.size(0), value.size(1), 1, 1}, Native.F32);
    Buffer factors = assembly.view(at(value), layout);
    assembly.execute(
        op.layer(),
        work,
        descriptors.scaledChannels(op.layer(), into.layout, layout, after),
        Argument.source(images),
        Argument.secondSource(factors),
        Argument.destination(into));
  }

  void pad(Op.Pad op) {
    Buffer out = assembly.planned(op.output().name(), padding(op));
    assembly.zero(op.layer(), out);
    assembly.reorder(op.layer(), "forward", at(op.input()), middle(op, out));
    place(op.output(), assembly.in(layout(op.output()), out, op.layer(), "forward"));
  }

  /** Returns the padded value's layout, or channels last if the padding begins within a block. */
  private dnnl_memory_desc padding(Op.Pad op) {
    boolean splits = op.before()[1] % ImageLayout.BLOCK != 0;
    return splits
        ? assembly.layout(op.output().shape(), type(op.output()), ImageLayout.CHANNELS_LAST.tag)
        : layout(op.output());
  }

  /** Copies the gradient of a padded value, without the padding, to the gradient of its input. */
  void unpad(Op.Pad op, Buffer gradient, Buffer into) {
    Buffer padded = assembly.in(padding(op), gradient, op.layer(), "backward");
    assembly.reorder(op.layer(), "backward", middle(op, padded), into);
  }

  /** Returns a view of a padded value without its padding. */
  private Buffer middle(Op.Pad op, Buffer padded) {
    return assembly.view(
        padded, assembly.part(padded.layout, op.input().shape(), op.before().clone()));
  }

  void concat(Op.Concat op) {
    Buffer out = make(op.output());
    long start = 0;
    for (Value input : op.inputs()) {
      assembly.reorder(op.layer(), "forward", at(input), part(out, input, op.axis(), start));
      start += input.size(op.axis());
    }
  }

  /** Returns the view of a concatenation that holds {@code input}. */
  Buffer part(Buffer whole, Value input, int axis, long start) {
    long[] offset = new long[input.rank()];
    offset[axis] = start;
    return assembly.view(whole, assembly.part(whole.layout, input.shape(), offset));
  }

  /** Copies images to vectors, or back, in the order of channels, rows, columns. */
  void reshape(String layer, String work, Buffer from, Value fromValue, Buffer to, Value toValue) {
    Value image = fromValue.rank() == 4 ? fromValue : toValue;
    dnnl_memory_desc plain = assembly.layout(image.shape(), Native.F32, dnnl.dnnl_nchw);
    if (fromValue.rank() == 4) {
      assembly.reorder(layer, work, from, assembly.view(to, plain));
    } else {
      assembly.reorder(layer, work, assembly.view(from, plain), to);
    }
  }

  void reshape(Op.Reshape op) {
    reshape(op.layer(), "forward", at(op.input()), op.input(), make(op.output()), op.output());
  }
}
