package org.resnet4j.benchmarks.files;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Plan;
import org.resnet4j.export.Folding;
import org.resnet4j.weights.NetworkTensors;

/** The parameters of a network in memory, with the names and layouts of {@link NetworkTensors}. */
final class Weights {
  private final NetworkTensors network;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private Weights(NetworkTensors network) {
    this.network = network;
  }

  /** Returns the parameters of {@code network}, which was built from {@code plan}. */
  static Weights of(Plan plan, ComputationGraph network) {
    Weights weights = new Weights(NetworkTensors.of(network, plan));
    for (String name : weights.network.names()) {
      int[] shape = Arrays.stream(weights.network.shape(name)).mapToInt(Math::toIntExact).toArray();
      weights.tensors.put(name, new Tensor(name, shape, weights.network.read(name)));
    }
    return weights;
  }

  /** Returns the parameters in the order of the plan. */
  List<Tensor> all() {
    return new ArrayList<>(tensors.values());
  }

  Tensor get(LayerPath layer, String parameter) {
    Tensor tensor = tensors.get(NetworkTensors.name(layer, parameter));
    if (tensor == null) {
      throw new AssertionError("no tensor is named " + NetworkTensors.name(layer, parameter));
    }
    return tensor;
  }

  boolean has(LayerPath layer, String parameter) {
    return tensors.containsKey(NetworkTensors.name(layer, parameter));
  }

  /** Returns the scale and shift of a batch norm in inference. */
  Folding folding(LayerPath norm) {
    return Folding.of(network, norm);
  }
}
