package org.resnet4j.weights;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.NormKind;
import org.resnet4j.arch.Plan;
import org.resnet4j.tensors.Tensors;

/**
 * A view of a network's parameters under the names of a key mapping. Values are copied only when
 * they are read.
 */
public final class NetworkTensors implements Tensors {
  private final String source;

  /** The parameters by tensor name; null stands for a counter of batches, which is 0. */
  private final Map<String, @Nullable Slot> slots = new LinkedHashMap<>();

  private final Map<LayerPath, Double> epsilons = new LinkedHashMap<>();

  /** The numbers that variances have in addition to the network's, by tensor name. */
  private final Map<String, Double> shifts = new HashMap<>();

  private NetworkTensors(ComputationGraph network, Plan plan, KeyMapping naming) {
    source = plan.architecture().name();
    for (Slot.Group group : Slot.groups(naming, plan, network)) {
      group.slots().values().forEach(slot -> slots.put(slot.tensor(), slot));
      if (group.node() instanceof Node.Norm norm) {
        epsilons.put(group.node().path(), group.epsilon(network));
        if (naming.counter() != null && norm.options().kind() == NormKind.BATCH) {
          slots.put(group.layer() + naming.counter(), null);
        }
      }
    }
  }

  /**
   * Returns the parameters under names such as {@code stage0.block0.conv1.weight}, in PyTorch's
   * layouts and the order of {@code plan}. Any ε of the batch norms is accepted.
   *
   * @throws IllegalArgumentException when the network was not made from the plan
   */
  public static NetworkTensors of(ComputationGraph network, Plan plan) {
    return new NetworkTensors(network, plan, KeyMapping.ours().withoutCounter());
  }

  /**
   * Returns the parameters under the names of a key mapping. A larger ε of the network is in the
   * variances, so that the family's networks compute the same.
   *
   * @throws IllegalArgumentException when the network has a smaller ε than the family
   */
  static NetworkTensors of(ComputationGraph network, Plan plan, KeyMapping naming) {
    NetworkTensors tensors = new NetworkTensors(network, plan, naming);
    for (Slot slot : tensors.slots.values()) {
      if (slot != null && slot.kind() == ParameterKind.VARIANCE) {
        tensors.shift(slot, naming);
      }
    }
    return tensors;
  }

  private void shift(Slot variance, KeyMapping naming) {
    double epsilon = epsilon(variance.node().path());
    if (epsilon < naming.epsilon()) {
      throw new IllegalArgumentException(
          "%s: batch norms add %s to the variance here but %s in files of %s; choose another naming"
              .formatted(source, epsilon, naming.epsilon(), naming.name()));
    }
    if (epsilon > naming.epsilon()) {
      shifts.put(variance.tensor(), epsilon - naming.epsilon());
    }
  }

  /**
   * Returns the name by which {@link #of(ComputationGraph, Plan)} lists a parameter of {@code
   * layer}.
   */
  public static String name(LayerPath layer, String parameter) {
    return layer.vertex() + "." + parameter;
  }

  /** Returns the ε that the batch norm at {@code norm} adds to the variance. */
  public double epsilon(LayerPath norm) {
    Double epsilon = epsilons.get(norm);
    if (epsilon == null) {
      throw new IllegalArgumentException(source + ": there is no batch norm " + norm);
    }
    return epsilon;
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(slots.keySet());
  }

  @Override
  public long[] shape(String name) {
    Slot slot = slot(name);
    return slot == null ? new long[0] : slot.view().shape().clone();
  }

  @Override
  public boolean isWhole(String name) {
    return slot(name) == null;
  }

  @Override
  public float[] read(String name) {
    Slot slot = slot(name);
    if (slot == null) {
      return new float[1];
    }
    float[] values = slot.read();
    double shift = shifts.getOrDefault(name, 0.0);
    for (int i = 0; i < values.length && shift != 0; i++) {
      values[i] = (float) (values[i] + shift);
    }
    return values;
  }

  private @Nullable Slot slot(String name) {
    if (!slots.containsKey(name)) {
      throw new IllegalArgumentException(source + ": there is no tensor \"" + name + "\"");
    }
    return slots.get(name);
  }

  @Override
  public void close() {}
}
