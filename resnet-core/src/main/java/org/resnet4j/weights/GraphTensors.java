package org.resnet4j.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.ConvBias;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.tensors.FileGraph;
import org.resnet4j.tensors.Operator;
import org.resnet4j.tensors.Operator.Role;
import org.resnet4j.tensors.Tensors;

/**
 * The tensors of a file under the names of our own vertices, found by its graph. Batch norms that
 * were folded into convolutions become identities with the convolution's bias as shift.
 */
final class GraphTensors implements Tensors {
  /**
   * A parameter.
   *
   * @param tensor name in the file; null for {@code fill}
   * @param shape shape for the key mapping
   * @param fill value of a parameter that the file lacks
   * @param isTransposed whether the file has the axes of a matrix in the other order
   */
  private record Parameter(
      @Nullable String tensor, long[] shape, float fill, boolean isTransposed) {}

  private final Tensors file;
  private final FileGraph graph;
  private final GraphMatch match;
  private final double epsilon;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<LayerPath, Double> epsilons = new HashMap<>();

  private GraphTensors(Tensors file, FileGraph graph, Plan plan, GraphMatch match) {
    this.file = file;
    this.graph = graph;
    this.match = match;
    epsilon = plan.architecture().epsilon();
    for (Node node : plan.nodes()) {
      if (node instanceof Node.Conv conv) {
        conv(conv);
      } else if (node instanceof Node.Norm norm) {
        norm(norm);
      } else if (node instanceof Node.Dense dense) {
        dense(dense);
      }
    }
  }

  /**
   * Returns the tensors.
   *
   * @param match that of {@code plan} and {@code graph}, without a problem
   */
  static GraphTensors of(Tensors file, FileGraph graph, Plan plan, GraphMatch match) {
    return new GraphTensors(file, graph, plan, match);
  }

  /** Returns the key mapping of these tensors. */
  KeyMapping naming() {
    return KeyMapping.ofGraph(
        switch (graph.layout()) {
          case OUT_FIRST -> Layout.OUT_FIRST;
          case OUT_LAST -> Layout.OUT_LAST;
        });
  }

  /** Returns the ε that the file's batch norm adds to the variance. */
  double epsilon(LayerPath norm) {
    return epsilons.getOrDefault(norm, epsilon);
  }

  /**
   * Returns the report with the names of the file.
   *
   * @param bound report on these tensors
   * @param family key mapping that the file's names suggest
   */
  LoadReport report(LoadReport bound, KeyMapping family, Plan plan) {
    List<String> absorbed = new ArrayList<>(bound.absorbed());
    if (!match.folded().isEmpty()) {
      absorbed.add(
          "%s batch norms that the file has folded into convolutions became additions of their biases"
              .formatted(match.folded().size()));
    }
    return new LoadReport(
        bound.source(),
        hasNamesOf(family, plan) ? family.name() : bound.naming(),
        originals(bound.loaded()),
        bound.missing(),
        bound.unexpected(),
        absorbed,
        bound.changed(),
        bound.notes());
  }

  private List<String> originals(List<String> names) {
    Set<String> originals = new LinkedHashSet<>();
    for (String name : names) {
      String original = parameter(name).tensor();
      if (original != null) {
        originals.add(original);
      }
    }
    return List.copyOf(originals);
  }

  private boolean hasNamesOf(KeyMapping family, Plan plan) {
    try {
      return family.layers().apply(plan).values().stream()
          .anyMatch(layer -> file.names().contains(family.tensor(layer, ParameterKind.WEIGHT)));
    } catch (IllegalArgumentException e) {
      // The family has no names for the plan.
      return false;
    }
  }

  private static @Nullable String tensor(GraphMatch.Match match, Role role) {
    return role == Role.BIAS && match.bias() != null
        ? match.bias()
        : match.operator().parameters().get(role);
  }

  private GraphMatch.Match matched(LayerPath path) {
    GraphMatch.Match matched = match.match(path);
    if (matched == null) {
      throw new AssertionError("a layer without operator: " + path);
    }
    return matched;
  }

  private void conv(Node.Conv conv) {
    GraphMatch.Match matched = matched(conv.path());
    add(conv.path(), "weight", tensor(matched, Role.WEIGHT), 0, 0);
    String bias = tensor(matched, Role.BIAS);
    if (conv.bias() == ConvBias.PRESENT) {
      add(conv.path(), "bias", bias, conv.output().channels(), 0);
    } else if (bias != null && !isFoldedInto(conv)) {
      add(conv.path(), "bias", bias, 0, 0);
    }
  }

  private boolean isFoldedInto(Node.Conv conv) {
    return match.folded().stream()
        .anyMatch(norm -> match.node(norm).inputs().contains(conv.path()));
  }

  private void norm(Node.Norm norm) {
    int channels = norm.output().channels();
    GraphMatch.Match matched = match.match(norm.path());
    if (matched == null) {
      Node.Conv conv = (Node.Conv) match.node(norm.input());
      String bias =
          conv.bias() == ConvBias.PRESENT ? null : tensor(matched(conv.path()), Role.BIAS);
      add(norm.path(), "weight", null, channels, 1);
      add(norm.path(), "bias", bias, channels, 0);
      add(norm.path(), "running_mean", null, channels, 0);
      add(norm.path(), "running_var", null, channels, (float) (1 - epsilon));
      return;
    }
    Operator operator = matched.operator();
    add(norm.path(), "weight", tensor(matched, Role.SCALE), channels, 1);
    add(norm.path(), "bias", tensor(matched, Role.SHIFT), channels, 0);
    add(norm.path(), "running_mean", tensor(matched, Role.MEAN), channels, 0);
    add(norm.path(), "running_var", tensor(matched, Role.VARIANCE), channels, 1);
    epsilons.put(norm.path(), operator.number("epsilon", Architecture.TORCH_EPSILON));
  }

  private void dense(Node.Dense dense) {
    GraphMatch.Match matched = matched(dense.path());
    Operator operator = matched.operator();
    String weight = tensor(matched, Role.WEIGHT);
    boolean isTransposed =
        operator.kind() == Operator.Kind.DENSE
            && graph.layout() == FileGraph.WeightLayout.OUT_FIRST
            && operator.number("transB", 0) == 0
            && weight != null
            && file.shape(weight).length == 2;
    if (weight != null && isTransposed) {
      long[] shape = file.shape(weight);
      parameters.put(
          NetworkTensors.name(dense.path(), "weight"),
          new Parameter(weight, new long[] {shape[1], shape[0]}, 0, true));
    } else {
      add(dense.path(), "weight", weight, 0, 0);
    }
    add(dense.path(), "bias", tensor(matched, Role.BIAS), classes(dense, weight), 0);
  }

  /** Returns the number of the file's outputs, which may be another than the layer's. */
  private int classes(Node.Dense dense, @Nullable String weight) {
    if (weight == null) {
      return dense.output().channels();
    }
    long[] shape = parameter(NetworkTensors.name(dense.path(), "weight")).shape();
    int axis = naming().layout().outputAxis(shape.length);
    return axis < 0 || axis >= shape.length ? dense.output().channels() : (int) shape[axis];
  }

  private void add(
      LayerPath path, String parameter, @Nullable String tensor, int channels, float fill) {
    long[] shape = tensor == null ? new long[] {channels} : file.shape(tensor);
    parameters.put(NetworkTensors.name(path, parameter), new Parameter(tensor, shape, fill, false));
  }

  private Parameter parameter(String name) {
    Parameter parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException(source() + ": there is no tensor \"" + name + "\"");
    }
    return parameter;
  }

  @Override
  public String source() {
    return file.source();
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(parameters.keySet());
  }

  @Override
  public long[] shape(String name) {
    return parameter(name).shape().clone();
  }

  @Override
  public float[] read(String name) throws IOException {
    Parameter parameter = parameter(name);
    if (parameter.tensor() == null) {
      float[] values = new float[(int) parameter.shape()[0]];
      Arrays.fill(values, parameter.fill());
      return values;
    }
    float[] values = file.read(parameter.tensor());
    return parameter.isTransposed() ? transposed(values, (int) parameter.shape()[0]) : values;
  }

  @Override
  public void read(String name, ByteBuffer into) throws IOException {
    Parameter parameter = parameter(name);
    if (parameter.tensor() == null || parameter.isTransposed()) {
      Tensors.put(read(name), into);
    } else {
      file.read(parameter.tensor(), into);
    }
  }

  /** Returns the values of {@code [columns, rows]} as {@code [rows, columns]}. */
  private static float[] transposed(float[] values, int rows) {
    float[] turned = new float[values.length];
    int columns = rows == 0 ? 0 : values.length / rows;
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        turned[row * columns + column] = values[column * rows + row];
      }
    }
    return turned;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
