package org.resnet4j.benchmarks.files;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.ConvBias;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;

/**
 * Every parameter of a network in PyTorch's layouts and under names such as {@code
 * stage0.block0.conv1.weight}.
 */
final class Weights {
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private Weights() {}

  /** Those of {@code network}, which was made from {@code plan}. */
  static Weights of(Plan plan, ComputationGraph network) {
    Weights weights = new Weights();
    for (Node node : plan.nodes()) {
      if (node instanceof Node.Conv conv) {
        weights.add(network, conv.path(), "W", "weight", shape(conv));
        if (conv.bias() == ConvBias.PRESENT) {
          weights.add(network, conv.path(), "b", "bias", conv.output().channels());
        }
      } else if (node instanceof Node.Norm norm) {
        int channels = norm.output().channels();
        weights.add(network, norm.path(), "gamma", "weight", channels);
        weights.add(network, norm.path(), "beta", "bias", channels);
        weights.add(network, norm.path(), "mean", "running_mean", channels);
        weights.add(network, norm.path(), "var", "running_var", channels);
      } else if (node instanceof Node.Dense dense) {
        int out = dense.output().channels();
        weights.add(network, dense.path(), "W", "weight", out, dense.inFeatures());
        weights.add(network, dense.path(), "b", "bias", out);
      }
    }
    return weights;
  }

  private static int[] shape(Node.Conv conv) {
    return new int[] {
      conv.output().channels(), conv.inChannels() / conv.groups(), conv.kernel(), conv.kernel()
    };
  }

  private void add(
      ComputationGraph network, LayerPath layer, String key, String name, int... shape) {
    INDArray array = network.getParam(layer.vertex() + "_" + key);
    // Dense weights are [in, out] in Deeplearning4j and [out, in] elsewhere.
    INDArray ordered = shape.length == 2 ? array.transpose() : array;
    String full = name(layer, name);
    tensors.put(full, new Tensor(full, shape, ordered.dup('c').data().asFloat()));
  }

  static String name(LayerPath layer, String parameter) {
    return layer.vertex() + "." + parameter;
  }

  /** In the order of the plan. */
  List<Tensor> all() {
    return new ArrayList<>(tensors.values());
  }

  Tensor get(LayerPath layer, String parameter) {
    Tensor tensor = tensors.get(name(layer, parameter));
    if (tensor == null) {
      throw new AssertionError("no tensor is named " + name(layer, parameter));
    }
    return tensor;
  }

  boolean has(LayerPath layer, String parameter) {
    return tensors.containsKey(name(layer, parameter));
  }
}
