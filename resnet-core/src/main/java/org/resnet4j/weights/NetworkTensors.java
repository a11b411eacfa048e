package org.resnet4j.weights;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;

/** A network's parameters as a file of some naming would hold them. */
final class NetworkTensors implements Tensors {
  private final String source;

  /** Null: a counter of batches, which is 0. */
  private final Map<String, @Nullable Slot> slots = new LinkedHashMap<>();

  NetworkTensors(ComputationGraph network, Plan plan, Naming naming) {
    source = plan.architecture().name();
    for (Slot.Group group : Slot.groups(naming, plan, network)) {
      group.slots().values().forEach(slot -> slots.put(slot.tensor(), slot));
      if (group.node() instanceof Node.Norm) {
        if (group.epsilon(network) != naming.epsilon()) {
          throw new IllegalArgumentException(
              "%s: batch norms add %s to the variance here but %s in files of %s; choose another naming"
                  .formatted(source, group.epsilon(network), naming.epsilon(), naming.name()));
        }
        if (naming.counter() != null) {
          slots.put(group.layer() + naming.counter(), null);
        }
      }
    }
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
