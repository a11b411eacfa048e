package org.resnet4j.weightfile.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensors.FileGraph;
import org.resnet4j.tensors.Operator;
import org.resnet4j.tensors.Operator.Kind;
import org.resnet4j.tensors.Operator.Role;

/**
 * Turns the configuration of a functional or sequential model into operators. Models that are
 * layers of others are put in their place.
 */
final class KerasGraph {
  private static final int DEEPEST = 8;
  private static final int MOST_INPUTS = 16;

  /** The layers that change no value while predicting. */
  private static final Set<String> IDENTITIES =
      Set.of(
          "Dropout",
          "SpatialDropout2D",
          "GaussianNoise",
          "GaussianDropout",
          "ActivityRegularization",
          "Flatten",
          "Reshape",
          "RandomFlip",
          "RandomRotation",
          "RandomTranslation",
          "RandomZoom",
          "RandomContrast",
          "RandomBrightness");

  private static final Map<String, Kind> ACTIVATIONS =
      Map.of(
          "linear", Kind.IDENTITY,
          "relu", Kind.RELU,
          "sigmoid", Kind.SIGMOID,
          "softmax", Kind.SOFTMAX);

  private static final Set<String> MODELS = Set.of("Functional", "Model", "Sequential");

  private final Set<String> names;
  private final Map<String, Operator> operators = new LinkedHashMap<>();
  private boolean isComplete = true;

  private KerasGraph(Set<String> names) {
    this.names = names;
  }

  /**
   * Returns the graph, or null for a model that does not describe it, such as a subclass.
   *
   * @param names those of the file's tensors
   */
  static @Nullable FileGraph of(KerasConfig config, Set<String> names) {
    KerasGraph graph = new KerasGraph(names);
    String output = graph.model("", config, "", 0);
    return output == null || !graph.isComplete
        ? null
        : new FileGraph(
            FileGraph.WeightLayout.OUT_LAST,
            List.copyOf(graph.operators.values()),
            List.of(output));
  }

  /**
   * Adds the layers of a model.
   *
   * @param prefix unique among the models
   * @param input value that it reads; empty for the images
   * @return the value that it computes; null when its layers are not known
   */
  private @Nullable String model(String prefix, KerasConfig model, String input, int depth) {
    KerasConfig config = model.field("config");
    List<KerasConfig> layers = config.field("layers").items();
    if (layers.isEmpty() || depth > DEEPEST || !MODELS.contains(model.text("class_name"))) {
      return null;
    }
    boolean isSequential = model.text("class_name").equals("Sequential");
    String last = input;
    for (KerasConfig layer : layers) {
      String name = layer.field("config").text("name");
      List<String> inputs = isSequential ? List.of(last) : inputs(prefix, layer);
      if (layer.text("class_name").equals("InputLayer")) {
        if (isSequential) {
          continue;
        }
        inputs = List.of(input);
        if (input.isEmpty()) {
          continue;
        }
      }
      if (!layer(prefix, layer, name, inputs, depth)) {
        return null;
      }
      last = prefix + name;
    }
    if (isSequential) {
      return last;
    }
    List<String> outputs = histories(config.field("output_layers"));
    return outputs.isEmpty() ? null : prefix + outputs.get(0);
  }

  private boolean layer(
      String prefix, KerasConfig layer, String name, List<String> inputs, int depth) {
    if (operators.size() >= FileGraph.MOST || inputs.isEmpty()) {
      return false;
    }
    String type = layer.text("class_name");
    String title = type + " \"" + name + "\"";
    if (MODELS.contains(type)) {
      String output = model(prefix + name + "/", layer, inputs.get(0), depth + 1);
      return output != null && put(step(title, Kind.IDENTITY, List.of(output), prefix + name));
    }
    KerasConfig config = layer.field("config");
    String activation =
        type.equals("Conv2D") || type.equals("Dense") ? config.text("activation") : "";
    boolean isSplit = !activation.isEmpty() && !activation.equals("linear");
    String output = prefix + name + (isSplit ? "/linear" : "");
    boolean added = put(operator(title, type, name, config, inputs, output));
    return added
        && (!isSplit || put(step(title, activation(activation), List.of(output), prefix + name)));
  }

  private boolean put(Operator operator) {
    return operators.put(operator.output(), operator) == null;
  }

  private Operator operator(
      String title,
      String type,
      String name,
      KerasConfig config,
      List<String> inputs,
      String output) {
    Kind kind =
        switch (type) {
          case "Conv2D" -> Kind.CONV;
          case "Dense" -> Kind.DENSE;
          case "BatchNormalization" -> Kind.NORM;
          case "Activation" -> activation(config.text("activation"));
          case "ReLU" -> isPlainRelu(config) ? Kind.RELU : Kind.OTHER;
          case "Softmax" -> Kind.SOFTMAX;
          case "MaxPooling2D" -> Kind.MAX_POOL;
          case "AveragePooling2D" -> Kind.AVERAGE_POOL;
          case "GlobalAveragePooling2D" -> Kind.GLOBAL_POOL;
          case "ZeroPadding2D" -> Kind.PAD;
          case "Add" -> inputs.size() == 2 ? Kind.ADD : Kind.OTHER;
          case "Multiply" -> inputs.size() == 2 ? Kind.MULTIPLY : Kind.OTHER;
          case "InputLayer" -> Kind.IDENTITY;
          default -> IDENTITIES.contains(type) ? Kind.IDENTITY : Kind.OTHER;
        };
    return new Operator(
        title, kind, inputs, output, parameters(kind, name, config), attributes(kind, config));
  }

  private static boolean isPlainRelu(KerasConfig config) {
    return config.field("max_value").tree() == null
        && config.number("negative_slope", 0) == 0
        && config.number("threshold", 0) == 0;
  }

  private static Kind activation(String name) {
    return ACTIVATIONS.getOrDefault(name, Kind.OTHER);
  }

  private static Operator step(String title, Kind kind, List<String> inputs, String output) {
    return new Operator(title, kind, inputs, output, Map.of(), Map.of());
  }

  /** Returns the tensors of a layer; the graph is incomplete when the file lacks one. */
  private Map<Role, String> parameters(Kind kind, String layer, KerasConfig config) {
    Map<Role, String> variables = new HashMap<>();
    boolean hasBias = config.field("use_bias").tree() != Boolean.FALSE;
    switch (kind) {
      case CONV, DENSE -> {
        variables.put(Role.WEIGHT, "kernel");
        if (hasBias) {
          variables.put(Role.BIAS, "bias");
        }
      }
      case NORM -> {
        if (config.field("scale").tree() != Boolean.FALSE) {
          variables.put(Role.SCALE, "gamma");
        }
        if (config.field("center").tree() != Boolean.FALSE) {
          variables.put(Role.SHIFT, "beta");
        }
        variables.put(Role.MEAN, "moving_mean");
        variables.put(Role.VARIANCE, "moving_variance");
      }
      default -> {}
    }
    variables.replaceAll((role, variable) -> layer + "/" + variable + ":0");
    isComplete &= names.containsAll(variables.values());
    return variables;
  }

  private static Map<String, List<Double>> attributes(Kind kind, KerasConfig config) {
    Map<String, List<Double>> all = new HashMap<>();
    switch (kind) {
      case CONV -> {
        all.put("strides", config.field("strides").numbers());
        all.put("dilations", config.field("dilation_rate").numbers());
        all.put("group", List.of(config.number("groups", 1)));
      }
      case MAX_POOL, AVERAGE_POOL -> {
        List<Double> size = config.field("pool_size").numbers();
        List<Double> strides = config.field("strides").numbers();
        all.put("kernel_shape", size);
        all.put("strides", strides.isEmpty() ? size : strides);
      }
      case NORM -> all.put("epsilon", List.of(config.number("epsilon", 1e-3)));
      case PAD -> {
        List<Double> all4 = config.field("padding").numbers();
        // [[top, bottom], [left, right]], or one number for each axis.
        if (all4.size() == 2) {
          all4 = List.of(all4.get(0), all4.get(0), all4.get(1), all4.get(1));
        }
        if (all4.size() == 4) {
          all.put(
              "pads",
              List.of(0.0, 0.0, all4.get(0), all4.get(2), 0.0, 0.0, all4.get(1), all4.get(3)));
        }
      }
      default -> {}
    }
    if (config.text("padding").equals("same")) {
      all.put("same", List.of(1.0));
    }
    all.values().removeIf(List::isEmpty);
    return all;
  }

  /** Returns the values that the first call of a layer reads. */
  private static List<String> inputs(String prefix, KerasConfig layer) {
    List<KerasConfig> calls = layer.field("inbound_nodes").items();
    return calls.isEmpty()
        ? List.of()
        : histories(calls.get(0)).stream().map(name -> prefix + name).toList();
  }

  /**
   * Returns the layers in lists of {@code ["name", 0, 0]}, alone or in lists, and in the {@code
   * keras_history} of Keras 3.
   */
  private static List<String> histories(KerasConfig tree) {
    List<String> found = new ArrayList<>();
    collect(tree, found, 0);
    return found;
  }

  private static void collect(KerasConfig tree, List<String> found, int depth) {
    List<KerasConfig> items = tree.items();
    if (found.size() >= MOST_INPUTS || depth > DEEPEST) {
      return;
    }
    if (items.size() >= 3
        && items.get(0).tree() instanceof String name
        && items.get(1).tree() instanceof Number) {
      found.add(name);
      return;
    }
    items.forEach(item -> collect(item, found, depth + 1));
    KerasConfig history = tree.field("config").field("keras_history");
    if (history.tree() != null) {
      collect(history, found, depth + 1);
    } else if (tree.field("args").tree() != null) {
      collect(tree.field("args"), found, depth + 1);
    }
  }
}
