package org.resnet4j.weightfile.keras;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensors.Content;
import org.resnet4j.tensors.FileBytes;
import org.resnet4j.tensors.FileGraph;
import org.resnet4j.tensors.FileTensors;
import org.resnet4j.tensors.Selection;
import org.resnet4j.tensors.StoredTensor;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.hdf5.Hdf5File;
import org.resnet4j.weightfile.hdf5.Hdf5Node;
import org.resnet4j.weightfile.zip.FirstBytes;

/**
 * Reads HDF5 files that Keras saves. These are weights as {@code keras.applications} publishes them
 * ({@code resnet50_weights_tf_dim_ordering_tf_kernels.h5}), models with weights in them ({@code
 * .h5}), and Keras 3's {@code .weights.h5}. In each case names are such as {@code
 * conv1_conv/kernel:0}, and layouts are Keras's.
 *
 * <p>The first two are specified by <a
 * href="https://github.com/keras-team/keras/blob/v3.3.3/keras/src/legacy/saving/legacy_h5_format.py">legacy_h5_format.py</a>.
 */
public final class KerasHdf5 {
  private static final String LAYERS = "layer_names";
  private static final String CONFIG = "model_config";
  private static final String WEIGHTS = "weight_names";

  private final Hdf5Node group;
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();

  private KerasHdf5(Hdf5Node group) {
    this.group = group;
  }

  /** Returns whether the file is an HDF5 file. */
  public static boolean recognises(FirstBytes first) {
    return first.startsWith(Hdf5File.SIGNATURE);
  }

  /**
   * Opens {@code file}, without an optimizer's state.
   *
   * @throws WeightFileException when it was not saved by Keras or is inconsistent
   */
  public static Tensors open(Path file) throws IOException {
    FileBytes bytes = FileBytes.open(file);
    try {
      Content all = bytes.slice(0, bytes.size());
      Hdf5Node root = Hdf5File.root(file.toString(), all);
      Map<String, StoredTensor> tensors = tensors(root);
      return new FileTensors(file.toString(), tensors, bytes, Selection.WHOLE, graph(root, tensors));
    } catch (Throwable e) {
      bytes.close();
      throw e;
    }
  }

  /** Returns the network of a whole model; null for weights alone. */
  private static @Nullable FileGraph graph(Hdf5Node root, Map<String, StoredTensor> tensors)
      throws IOException {
    List<String> config = root.strings(CONFIG);
    if (config == null || config.size() != 1) {
      return null;
    }
    byte[] text = config.get(0).getBytes(StandardCharsets.UTF_8);
    String where = "%s: attribute \"%s\"".formatted(root.where(), CONFIG);
    return KerasGraph.of(KerasConfig.parse(where, text), tensors.keySet());
  }

  private static Map<String, StoredTensor> tensors(Hdf5Node root) throws IOException {
    if (isList(root, LAYERS)) {
      return new KerasHdf5(root).read();
    }
    if (root.children().contains("model_weights")) {
      return new KerasHdf5(root.find("model_weights")).read();
    }
    return KerasVariables.read(root, Map.of());
  }

  private Map<String, StoredTensor> read() throws IOException {
    for (String layer : list(group, LAYERS)) {
      Hdf5Node node = group.find(layer);
      for (String weight : list(node, WEIGHTS)) {
        StoredTensor tensor = node.find(weight).tensor();
        String name = name(layer, weight);
        // Nested models may have layers of the same name.
        String unique = tensors.containsKey(name) ? layer + "/" + name : name;
        if (tensors.put(unique, tensor) != null) {
          throw new WeightFileException(
              "%s: expected every weight once but \"%s\" is there twice; %s"
                  .formatted(node.where(), unique, WeightFileException.REFETCH));
        }
      }
    }
    return tensors;
  }

  /**
   * Returns a name such as {@code conv1/kernel:0}. Weights of Keras 3 lack {@code :0} and may lack
   * the layer.
   */
  private static String name(String layer, String weight) {
    String full = weight.contains("/") || weight.startsWith(layer) ? weight : layer + "/" + weight;
    return full.indexOf(':') < 0 ? full + ":0" : full;
  }

  private static boolean isList(Hdf5Node node, String name) throws IOException {
    return node.hasAttribute(name) || node.hasAttribute(name + 0);
  }

  /**
   * Returns a list that may be in parts, name0, name1 …, because HDF5 attributes have at most 64
   * KiB.
   */
  private static List<String> list(Hdf5Node node, String name) throws IOException {
    List<String> all = node.strings(name);
    if (all != null) {
      return all;
    }
    List<String> parts = new ArrayList<>();
    for (int i = 0; ; i++) {
      List<String> part = node.strings(name + i);
      if (part == null) {
        return parts;
      }
      parts.addAll(part);
    }
  }
}
