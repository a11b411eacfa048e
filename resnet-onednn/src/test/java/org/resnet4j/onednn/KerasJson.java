package org.resnet4j.onednn;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Writes the configuration of a functional model as {@code model.to_json()} of Keras 2 does, for
 * images {@code [N, H, W, C]}. Each method adds a layer and returns its name.
 */
final class KerasJson {
  private static final String CONV =
      """
      "filters": %s, "kernel_size": [%s], "strides": [%s], "padding": "%s",
      "data_format": "channels_last", "dilation_rate": [1, 1], "activation": "linear",
      "use_bias": true, "kernel_initializer": {"class_name": "VarianceScaling", "config":
      {"scale": 2.0, "mode": "fan_in", "distribution": "truncated_normal", "seed": null}},
      "bias_initializer": {"class_name": "Zeros", "config": {}}, "kernel_regularizer": null,
      "bias_regularizer": null, "kernel_constraint": null, "bias_constraint": null""";

  private static final String NORM =
      """
      "axis": [3], "momentum": 0.99, "epsilon": %s, "center": true, "scale": true,
      "beta_initializer": {"class_name": "Zeros", "config": {}},
      "gamma_initializer": {"class_name": "Ones", "config": {}},
      "moving_mean_initializer": {"class_name": "Zeros", "config": {}},
      "moving_variance_initializer": {"class_name": "Ones", "config": {}},
      "beta_regularizer": null, "gamma_regularizer": null, "beta_constraint": null,
      "gamma_constraint": null""";

  private static final String POOL =
      """
      "pool_size": [%s], "padding": "valid", "strides": [%s], "data_format": "channels_last\"""";

  private static final String DENSE =
      """
      "units": %s, "activation": "softmax", "use_bias": true, "kernel_initializer":
      {"class_name": "GlorotUniform", "config": {"seed": null}}, "bias_initializer":
      {"class_name": "Zeros", "config": {}}, "kernel_regularizer": null, "bias_regularizer": null,
      "activity_regularizer": null, "kernel_constraint": null, "bias_constraint": null""";

  private final List<String> layers = new ArrayList<>();

  String input(int height, int width, int channels) {
    return layer(
        "InputLayer",
        "\"batch_input_shape\": [null, %s, %s, %s], \"sparse\": false"
            .formatted(height, width, channels));
  }

  String pad(int border, String input) {
    String both = twice(border);
    return layer(
        "ZeroPadding2D",
        "\"padding\": [[%s], [%s]], \"data_format\": \"channels_last\"".formatted(both, both),
        input);
  }

  /** A convolution with a bias. */
  String conv(int filters, int size, int stride, String padding, String input) {
    return layer("Conv2D", CONV.formatted(filters, twice(size), twice(stride), padding), input);
  }

  String norm(double epsilon, String input) {
    return layer("BatchNormalization", NORM.formatted(epsilon), input);
  }

  String relu(String input) {
    return layer("Activation", "\"activation\": \"relu\"", input);
  }

  /** A pooling, without padding. */
  String pool(String type, int size, int stride, String input) {
    return layer(type, POOL.formatted(twice(size), twice(stride)), input);
  }

  String add(String one, String other) {
    return layer("Add", "\"trainable\": true", one, other);
  }

  String globalPool(String input) {
    return layer("GlobalAveragePooling2D", "\"data_format\": \"channels_last\"", input);
  }

  String flatten(String input) {
    return layer("Flatten", "\"data_format\": \"channels_last\"", input);
  }

  /** A classifier with softmax. */
  String dense(int units, String input) {
    return layer("Dense", DENSE.formatted(units), input);
  }

  /** Returns the model of all layers, from the first to the last. */
  String model() {
    return """
        {"class_name": "Model", "keras_version": "2.2.4", "backend": "tensorflow", "config": {
        "name": "resnet", "layers": [%s], "input_layers": [["layer0", 0, 0]],
        "output_layers": [["layer%s", 0, 0]]}}"""
        .formatted(String.join(",\n", layers), layers.size() - 1);
  }

  private static String twice(int number) {
    return number + ", " + number;
  }

  private String layer(String type, String configuration, String... inputs) {
    String name = "layer" + layers.size();
    String calls =
        Stream.of(inputs)
            .map(input -> String.format(Locale.ROOT, "[\"%s\", 0, 0, {}]", input))
            .collect(joining(", "));
    layers.add(
        """
        {"name": "%1$s", "class_name": "%2$s", "inbound_nodes": [%3$s], "config": {"name": "%1$s",
        "dtype": "float32", %4$s}}"""
            .formatted(name, type, calls.isEmpty() ? "" : "[" + calls + "]", configuration));
    return name;
  }
}
