package org.resnet4j.zoo.format;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.ConvBias;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.weights.Tensors;

/**
 * The parameters of a network in PyTorch's layouts, under names such as {@code
 * stage0.block0.conv1.weight}: convolutions and dense layers have {@code weight} and {@code bias},
 * batch norm has {@code weight}, {@code bias}, {@code running_mean} and {@code running_var}.
 * Nothing is copied before it is read.
 */
public final class NetworkTensors implements Tensors {
  private record Parameter(String key, long[] shape) {
    long count() {
      return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
  }

  private final Plan plan;
  private final ComputationGraph network;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();

  private NetworkTensors(Plan plan, ComputationGraph network) {
    this.plan = plan;
    this.network = network;
  }

  /**
   * Those of {@code network}, in the order of {@code plan}.
   *
   * @throws IllegalArgumentException when the network was not made from the plan
   */
  public static NetworkTensors of(Plan plan, ComputationGraph network) {
    NetworkTensors tensors = new NetworkTensors(plan, network);
    for (Node node : plan.nodes()) {
      long out = node.output().channels();
      if (node instanceof Node.Conv conv) {
        tensors.add(
            conv.path(),
            "W",
            "weight",
            out,
            conv.inChannels() / conv.groups(),
            conv.kernel(),
            conv.kernel());
        if (conv.bias() == ConvBias.PRESENT) {
          tensors.add(conv.path(), "b", "bias", out);
        }
      } else if (node instanceof Node.Norm norm) {
        tensors.add(norm.path(), "gamma", "weight", out);
        tensors.add(norm.path(), "beta", "bias", out);
        tensors.add(norm.path(), "mean", "running_mean", out);
        tensors.add(norm.path(), "var", "running_var", out);
      } else if (node instanceof Node.Dense dense) {
        tensors.add(dense.path(), "W", "weight", out, dense.inFeatures());
        tensors.add(dense.path(), "b", "bias", out);
      }
    }
    return tensors;
  }

  private void add(LayerPath layer, String key, String name, long... shape) {
    String full = layer.vertex() + "_" + key;
    INDArray array = network.paramTable().get(full);
    Parameter parameter = new Parameter(full, shape);
    if (array == null || array.length() != parameter.count()) {
      throw new IllegalArgumentException(
          "expected a network made from %s, with %d values in %s, but it has %s; give the row that the network was made from"
              .formatted(
                  plan.architecture().name(),
                  parameter.count(),
                  full,
                  array == null ? "no such parameter" : array.length()));
    }
    parameters.put(name(layer, name), parameter);
  }

  /** How a parameter of {@code layer} is called here. */
  public static String name(LayerPath layer, String parameter) {
    return layer.vertex() + "." + parameter;
  }

  /** What batch norm adds to the variance. */
  double epsilon(LayerPath norm) {
    Layer layer = network.getLayer(norm.vertex()).conf().getLayer();
    if (layer instanceof FrozenLayer frozen) {
      layer = frozen.getLayer();
    } else if (layer instanceof FrozenLayerWithBackprop frozen) {
      layer = frozen.getUnderlying();
    }
    return ((BatchNormalization) layer).getEps();
  }

  @Override
  public String source() {
    return plan.architecture().name();
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
  public float[] read(String name) {
    Parameter parameter = parameter(name);
    INDArray array = network.getParam(parameter.key());
    // Dense weights are [in, out] in Deeplearning4j and [out, in] elsewhere.
    INDArray ordered = parameter.shape().length == 2 ? array.transpose() : array;
    return ordered.dup('c').data().asFloat();
  }

  float[] read(LayerPath layer, String parameter) {
    return read(name(layer, parameter));
  }

  private Parameter parameter(String name) {
    Parameter parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException(source() + ": there is no tensor \"" + name + "\"");
    }
    return parameter;
  }

  @Override
  public void close() {}
}
