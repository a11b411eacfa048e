package org.resnet4j.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.graph.GroupNormLayer;

/**
 * A parameter of a network and its tensor in a file.
 *
 * @param tensor name of the tensor in the file
 * @param view view of the network's parameter, with the file's order of axes
 */
record Slot(Node node, ParameterKind kind, String tensor, INDArray view) {

  /** Compares names alone; the elements of an array take an operation to compare. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Slot slot && slot.kind == kind && slot.tensor.equals(tensor);
  }

  @Override
  public int hashCode() {
    return tensor.hashCode();
  }

  /** The parameters of one layer. */
  record Group(Node node, String layer, Map<ParameterKind, Slot> slots) {
    /** Returns the ε that the network's norm adds to the variance. */
    double epsilon(ComputationGraph network) {
      Layer layer = network.getLayer(node.path().vertex()).conf().getLayer();
      if (layer instanceof FrozenLayer frozen) {
        layer = frozen.getLayer();
      } else if (layer instanceof FrozenLayerWithBackprop frozen) {
        layer = frozen.getUnderlying();
      }
      return layer instanceof GroupNormLayer norm
          ? norm.getEpsilon()
          : ((BatchNormalization) layer).getEps();
    }
  }

  /** Returns every layer with parameters, in the order of the plan. */
  static List<Group> groups(KeyMapping naming, Plan plan, ComputationGraph network) {
    Map<?, String> names = naming.layers().apply(plan);
    List<Group> groups = new ArrayList<>();
    for (Node node : plan.nodes()) {
      String layer = names.get(node.path());
      requireMadeFrom(plan, node, network);
      if (layer != null) {
        groups.add(
            new Group(node, layer, slots(naming, plan.architecture(), node, layer, network)));
      } else if (node.storedCount() > 0) {
        throw new IllegalArgumentException(
            "%s: there is no name for %s".formatted(naming.name(), node.path()));
      }
    }
    return groups;
  }

  private static void requireMadeFrom(Plan plan, Node node, ComputationGraph network) {
    String vertex = node.path().vertex();
    if (network.getVertex(vertex) == null) {
      throw new IllegalArgumentException(
          "the network has no vertex %s; expected one made from the plan of %s"
              .formatted(vertex, plan.architecture().name()));
    }
    long expected = node.storedCount();
    org.deeplearning4j.nn.api.Layer layer = network.getLayer(vertex);
    long actual = layer == null ? 0 : layer.numParams();
    if (actual != expected) {
      throw new IllegalArgumentException(
          "expected a network made from %s, with %s values in %s, but it has %s; pass the architecture that the network was made from"
              .formatted(plan.architecture().name(), expected, vertex, actual));
    }
  }

  private static Map<ParameterKind, Slot> slots(
      KeyMapping naming, Architecture arch, Node node, String layer, ComputationGraph network) {
    Map<String, INDArray> parameters = network.getLayer(node.path().vertex()).paramTable();
    Map<ParameterKind, Slot> slots = new EnumMap<>(ParameterKind.class);
    for (ParameterKind kind : ParameterKind.values()) {
      INDArray parameter = parameters.get(kind.key());
      if (parameter != null) {
        INDArray view = naming.layout().view(kind, parameter);
        if (kind == ParameterKind.WEIGHT && isPointwise(naming, arch, node)) {
          view = naming.layout().pointwise(view);
        } else if (node instanceof Node.ChannelConv conv) {
          view = view.reshape(1, 1, conv.kernel()); // as a one-dimensional convolution
        }
        slots.put(kind, new Slot(node, kind, naming.tensor(layer, kind), view));
      }
    }
    if (slots.size() != parameters.size()) {
      throw new IllegalArgumentException(
          "%s: expected parameters W, b, gamma, beta, mean or var but the network has %s"
              .formatted(node.path(), parameters.keySet()));
    }
    return slots;
  }

  private static boolean isPointwise(KeyMapping naming, Architecture arch, Node node) {
    return node instanceof Node.Dense dense
        && (dense.kind() == Node.DenseKind.POINTWISE
            || (dense.kind() == Node.DenseKind.CLASSIFIER && naming.pointwise().test(arch)));
  }

  /**
   * Returns whether {@code shape} equals this parameter's. Axes of size 1 are ignored, since they
   * do not move a value.
   */
  boolean fits(long[] shape) {
    return Arrays.equals(squeezed(shape), squeezed(view.shape()));
  }

  /** Returns whether {@code shape} equals this parameter's except for the size of {@code axis}. */
  boolean fitsExcept(int axis, long[] shape) {
    if (shape.length != view.rank()) {
      return false;
    }
    long[] same = shape.clone();
    same[axis] = view.size(axis);
    return Arrays.equals(same, view.shape());
  }

  private static long[] squeezed(long[] shape) {
    return Arrays.stream(shape).filter(size -> size != 1).toArray();
  }

  /** Sets the parameter. */
  void write(double[] values) {
    ByteBuffer memory = memory();
    if (memory == null) {
      write(Nd4j.createFromArray(values));
    } else {
      for (double value : values) {
        memory.putFloat((float) value);
      }
    }
  }

  /** Sets the parameter. */
  void write(float[] values) {
    write(Nd4j.createFromArray(values));
  }

  private void write(INDArray values) {
    try (INDArray copied = values) {
      view.assign(copied.reshape('c', view.shape()).castTo(view.dataType()));
    }
  }

  /**
   * Returns the parameter's own memory, to be filled with floats in the file's order; null if the
   * network has them in another order or type.
   */
  @Nullable ByteBuffer memory() {
    if (view.dataType() != DataType.FLOAT
        || view.ordering() != 'c'
        || !Shape.hasDefaultStridesForShape(view)) {
      return null;
    }
    DataBuffer data = view.data();
    long first = view.offset() * Float.BYTES;
    BytePointer bytes = new BytePointer(data.pointer());
    return bytes
        .position(first)
        .limit(first + view.length() * Float.BYTES)
        .asByteBuffer()
        .order(ByteOrder.nativeOrder());
  }

  /** Returns the parameter's values in the file's order. */
  float[] read() {
    return view.dup('c').data().asFloat();
  }
}
