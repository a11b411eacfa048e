package org.resnet4j.tensors;

import java.util.List;
import java.util.Map;

/**
 * A step of the network that a weight file describes.
 *
 * @param name the step's type and name in the file, for messages
 * @param inputs names of the values that it reads; the first is the image or feature map
 * @param output name of the value that it computes
 * @param parameters names of the tensors that it reads, by role
 * @param attributes its numbers under the names of ONNX, such as {@code strides} and {@code pads};
 *     an attribute that is left out has the default of ONNX
 */
public record Operator(
    String name,
    Kind kind,
    List<String> inputs,
    String output,
    Map<Role, String> parameters,
    Map<String, List<Double>> attributes) {

  /** The kind of a step. */
  public enum Kind {
    CONV,
    NORM,
    RELU,
    SIGMOID,
    MAX_POOL,
    AVERAGE_POOL,
    /** The mean over all positions. */
    GLOBAL_POOL,
    /** Constants around a feature map; {@code pads} has one number before and after each axis. */
    PAD,
    /** Every n-th value along some axes. */
    SLICE,
    /** The sum of two feature maps. */
    ADD,
    /** The product of two feature maps. */
    MULTIPLY,
    DENSE,
    /** The addition of a vector of parameters, the role {@link Role#BIAS}. */
    BIAS,
    /** A softmax, or its logarithm. */
    SOFTMAX,
    /** A step that changes no value while predicting, such as dropout and reshaping. */
    IDENTITY,
    /** A step that residual networks here do not have. */
    OTHER
  }

  /** The role of a tensor in a step. */
  public enum Role {
    WEIGHT,
    BIAS,
    SCALE,
    SHIFT,
    MEAN,
    VARIANCE
  }

  public Operator {
    inputs = List.copyOf(inputs);
    parameters = Map.copyOf(parameters);
    attributes = Map.copyOf(attributes);
  }

  /** Returns the first number of an attribute, or {@code otherwise} when it is left out. */
  public double number(String attribute, double otherwise) {
    List<Double> numbers = attributes.getOrDefault(attribute, List.of());
    return numbers.isEmpty() ? otherwise : numbers.get(0);
  }

  /** Returns the numbers of an attribute, or {@code otherwise} when it is left out. */
  public List<Double> numbers(String attribute, List<Double> otherwise) {
    return attributes.getOrDefault(attribute, otherwise);
  }
}
