package org.resnet4j.weights;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.tensors.Tensors;

/**
 * A network's parameters as a file of some naming would hold them. A view: nothing is copied before
 * it is read.
 */
public final class NetworkTensors implements Tensors {
  private final String source;

  /** Null: a counter of batches, which is 0. */
  private final Map<String, @Nullable Slot> slots = new LinkedHashMap<>();

  private final Map<LayerPath, Double> epsilons = new LinkedHashMap<>();

  private NetworkTensors(ComputationGraph network, Plan plan, KeyMapping naming) {
    source = plan.architecture().name();
    for (Slot.Group group : Slot.groups(naming, plan, network)) {
      group.slots().values().forEach(slot -> slots.put(slot.tensor(), slot));
      if (group.node() instanceof Node.Norm) {
        epsilons.put(group.node().path(), group.epsilon(network));
        if (naming.counter() != null) {
          slots.put(group.layer() + naming.counter(), null);
        }
      }
    }
  }

  /**
   * Under names such as {@code stage0.block0.conv1.weight}, in PyTorch's layouts, in the order of
   * {@code plan}, whatever the batch norms add to the variance.
   *
   * @throws IllegalArgumentException when the network was not made from the plan
   */
  public static NetworkTensors of(ComputationGraph network, Plan plan) {
    return new NetworkTensors(network, plan, KeyMapping.ours().withoutCounter());
  }

  /** Those of a file in which every batch norm adds the naming's ε. */
  static NetworkTensors of(ComputationGraph network, Plan plan, KeyMapping naming) {
    NetworkTensors tensors = new NetworkTensors(network, plan, naming);
    for (double epsilon : tensors.epsilons.values()) {
      if (epsilon != naming.epsilon()) {
        throw new IllegalArgumentException(
            "%s: batch norms add %s to the variance here but %s in files of %s; choose another naming"
                .formatted(tensors.source, epsilon, naming.epsilon(), naming.name()));
      }
    }
    return tensors;
  }

  /** What {@link #of(ComputationGraph, Plan)} calls a parameter of {@code layer}. */
  public static String name(LayerPath layer, String parameter) {
    return layer.vertex() + "." + parameter;
  }

  /** What the batch norm at {@code norm} adds to the variance. */
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
    return slot == null ? new float[1] : slot.read();
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
