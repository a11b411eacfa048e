package org.resnet4j.weightfile.keras;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensors.StoredTensor;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.hdf5.Hdf5Node;

/**
 * Reads the HDF5 groups of Keras 3. Variables are numbers in {@code layers/conv2d_1/vars}; layers
 * have a counter for each class. They get their names in Keras's older files, {@code
 * conv1_conv/kernel:0}. A layer's own name is in the model's configuration or, since Keras 3.8, in
 * an attribute.
 *
 * <p>The format is specified by <a
 * href="https://github.com/keras-team/keras/blob/v3.8.0/keras/src/saving/saving_lib.py">saving_lib.py</a>.
 */
final class KerasVariables {
  /** The name of {@code layers} in Keras 2.13. */
  private static final String OLD_LAYERS = "_layer_checkpoint_dependencies";

  private static final Set<String> NO_WEIGHTS = Set.of("optimizer", "metrics", "seed_generator");
  private static final int DEEPEST = 32;

  /**
   * The variables of a layer by its class, in their order; they apply if the number is the same.
   */
  private static final Map<String, List<String>> VARIABLES =
      Map.of(
          "conv2d", List.of("kernel", "bias"),
          "dense", List.of("kernel", "bias"),
          "batch_normalization", List.of("gamma", "beta", "moving_mean", "moving_variance"));

  private final Map<String, String> layers;
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();

  private KerasVariables(Map<String, String> layers) {
    this.layers = layers;
  }

  /**
   * Returns all variables of a model.
   *
   * @param layers names by path, for example {@code layers/conv2d_1}
   * @throws WeightFileException when there are none
   */
  static Map<String, StoredTensor> read(Hdf5Node root, Map<String, String> layers)
      throws IOException {
    KerasVariables variables = new KerasVariables(layers);
    variables.group(root, "", 0);
    if (variables.tensors.isEmpty()) {
      throw new WeightFileException(
          "%s: expected weights saved by Keras, listed in layer_names or in groups named vars, but there are none; is it a file of weights?"
              .formatted(root.where()));
    }
    return variables.tensors;
  }

  private void group(Hdf5Node node, String path, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new WeightFileException(
          "%s: expected groups %s deep at most; do not trust this file"
              .formatted(node.where(), DEEPEST));
    }
    for (String name : CountedName.sorted(node.children())) {
      if (NO_WEIGHTS.contains(name)) {
        continue;
      }
      Hdf5Node child = node.find(name);
      if (child.isDataset()) {
        continue;
      }
      if (name.equals("vars")) {
        variables(child, path);
      } else {
        String step = name.equals(OLD_LAYERS) ? "layers" : name;
        group(child, path.isEmpty() ? step : path + "/" + step, depth + 1);
      }
    }
  }

  private void variables(Hdf5Node vars, String path) throws IOException {
    List<String> numbers = CountedName.sorted(vars.children());
    String layer = layer(vars, path);
    for (int i = 0; i < numbers.size(); i++) {
      StoredTensor tensor = vars.find(numbers.get(i)).tensor();
      String variable = variable(path, numbers, i);
      String name = layer == null ? path + "/" + variable : layer + "/" + variable;
      String unique = tensors.containsKey(name) ? path + "/" + variable : name;
      if (tensors.put(unique, tensor) != null) {
        throw new WeightFileException(
            "%s: expected every variable once but \"%s\" is there twice; %s"
                .formatted(vars.where(), unique, WeightFileException.REFETCH));
      }
    }
  }

  private @Nullable String layer(Hdf5Node vars, String path) throws IOException {
    String known = layers.get(path);
    if (known != null) {
      return known;
    }
    List<String> names = vars.strings("name");
    return names == null || names.isEmpty() ? null : names.get(0);
  }

  private static String variable(String path, List<String> numbers, int i) {
    String kind = CountedName.of(path.substring(path.lastIndexOf('/') + 1)).kind();
    List<String> names = VARIABLES.getOrDefault(kind, List.of());
    boolean known =
        kind.equals("batch_normalization")
            ? numbers.size() == names.size()
            : numbers.size() <= names.size();
    boolean inOrder = numbers.get(i).equals(Integer.toString(i));
    return known && inOrder ? names.get(i) + ":0" : "vars/" + numbers.get(i);
  }
}
