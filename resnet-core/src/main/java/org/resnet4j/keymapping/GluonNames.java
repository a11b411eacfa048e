package org.resnet4j.keymapping;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.weights.KeyMapping;
import org.resnet4j.weights.Layout;
import org.resnet4j.weights.ParameterKind;

/**
 * The names of MXNet's <a
 * href="https://github.com/apache/mxnet/blob/master/python/mxnet/gluon/model_zoo/vision/resnet.py">Gluon
 * model zoo</a>, such as {@code resnetv17_stage1_conv0_weight}. Layers are numbered within each
 * stage. The <a
 * href="https://github.com/onnx/models/tree/main/validated/vision/classification/resnet">onnx/models</a>
 * {@code resnet50-v1-7} and {@code resnet50-v2-7} were exported from it. The stride is in the first
 * 1×1 of a v1 bottleneck, as in the exported graph, and in the 3×3 of v2.
 */
final class GluonNames {
  private static final Pattern PREFIX = Pattern.compile("((?:.*\\W)?resnetv[12]\\d+_)conv0_weight");

  private GluonNames() {}

  static boolean areThere(Set<String> names) {
    return prefix(names).isPresent();
  }

  /**
   * Returns the mapping for a file with {@code names}, all of which carry the network's number.
   * Without names the prefix is {@code resnetv10_}.
   */
  static KeyMapping naming(Set<String> names) {
    String prefix = prefix(names).orElse("resnetv10_");
    return naming(prefix, prefix.contains("resnetv1"));
  }

  private static Optional<String> prefix(Set<String> names) {
    return names.stream()
        .map(PREFIX::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1))
        .findFirst();
  }

  private static KeyMapping naming(String prefix, boolean first) {
    return new KeyMapping(
        first ? "gluon" : "gluon-v2",
        plan -> layers(plan, prefix),
        Map.of(
            ParameterKind.WEIGHT, "_weight",
            ParameterKind.BIAS, "_bias",
            ParameterKind.SCALE, "_gamma",
            ParameterKind.SHIFT, "_beta",
            ParameterKind.MEAN, "_running_mean",
            ParameterKind.VARIANCE, "_running_var"),
        Layout.OUT_FIRST,
        1e-5,
        first ? Downsampling.FIRST_CONV : Downsampling.SPATIAL_CONV,
        tensor -> tensor.startsWith("reshape_attr_tensor"), // the exporter's constants
        arch -> false,
        null);
  }

  private static Map<LayerPath, String> layers(Plan plan, String prefix) {
    Map<String, Integer> counts = new HashMap<>();
    Map<LayerPath, String> names = new LinkedHashMap<>();
    for (Node node : plan.nodes()) {
      if (node.storedCount() > 0) {
        LayerPath path = node.path();
        String scope =
            path.place() == LayerPath.Place.STAGE
                ? prefix + "stage" + (path.stage() + 1) + "_"
                : prefix;
        String layer = scope + kind(node);
        names.put(path, layer + (counts.merge(layer, 1, Integer::sum) - 1));
      }
    }
    return names;
  }

  private static String kind(Node node) {
    if (node instanceof Node.Conv) {
      return "conv";
    }
    return node instanceof Node.Norm ? "batchnorm" : "dense";
  }
}
