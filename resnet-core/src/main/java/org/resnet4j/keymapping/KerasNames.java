package org.resnet4j.keymapping;

import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.weights.KeyMapping;
import org.resnet4j.weights.Layout;
import org.resnet4j.weights.ParameterKind;

/**
 * The names of <a
 * href="https://github.com/keras-team/keras/blob/master/keras/src/applications/resnet.py">keras.applications</a>,
 * such as {@code conv2_block1_1_conv/kernel:0}, and of <a
 * href="https://github.com/keras-team/keras-hub/blob/master/keras_hub/src/models/resnet/resnet_backbone.py">keras-hub</a>,
 * such as {@code stack0_block0_1_conv}; and those of the first ResNet-50 of Keras. {@code
 * keras.applications} has biases before batch norm, 1.001e-5 as ε, and the stride in the first 1×1
 * (version 1) or in a stage's last block (version 2). The networks of keras-hub were converted from
 * timm's weights and have the same form.
 */
final class KerasNames {
  private static final double APPLICATIONS_EPSILON = 1.001e-5;
  private static final double HUB_EPSILON = 1e-5;

  /** The default of Keras's batch norm, which the first ResNet-50 of Keras has. */
  private static final double FIRST_EPSILON = 1e-3;

  private KerasNames() {}

  static boolean areApplications(Set<String> names) {
    return has(names, "conv2_block1_1_conv", "kernel");
  }

  static boolean areFirst(Set<String> names) {
    return has(names, "res2a_branch2a", "kernel");
  }

  static boolean areHubs(Set<String> names) {
    return has(names, "stack0_block0_1_conv", "kernel");
  }

  /**
   * Returns the names of {@code keras.applications}, including {@code probs}, the older name of the
   * classifier.
   */
  static KeyMapping applications(Set<String> names) {
    boolean second = has(names, "post_bn", "gamma");
    String classifier = has(names, "probs", "kernel") ? "probs" : "predictions";
    return naming(
        second ? "keras-v2" : "keras",
        names,
        (arch, path) ->
            path.place() == LayerPath.Place.STAGE
                ? "conv%s_block%s_%s"
                    .formatted(path.stage() + 2, path.block() + 1, inBlock(arch, path, "preact_bn"))
                : outside(path, classifier),
        APPLICATIONS_EPSILON,
        second ? Downsampling.LAST_BLOCK : Downsampling.FIRST_CONV);
  }

  static KeyMapping hub(Set<String> names) {
    return naming(
        "keras-hub",
        names,
        (arch, path) ->
            path.place() == LayerPath.Place.STAGE
                ? "stack%s_block%s_%s"
                    .formatted(path.stage(), path.block(), inBlock(arch, path, "pre_activation_bn"))
                : outside(path, "predictions"),
        HUB_EPSILON,
        Downsampling.SPATIAL_CONV);
  }

  /**
   * Returns the names of Keras's ResNet-50 until version 2.2, which are those of Caffe, such as
   * {@code res2a_branch2b}.
   */
  static KeyMapping first(Set<String> names) {
    return naming(
        "keras-first",
        names,
        (arch, path) ->
            switch (path.place()) {
              case HEAD -> "fc1000";
              case STAGE -> inCaffesBlock(path);
              default -> path.role().startsWith("bn") ? "bn_conv1" : "conv1";
            },
        FIRST_EPSILON,
        Downsampling.FIRST_CONV);
  }

  private static String inCaffesBlock(LayerPath path) {
    String role = path.role();
    char last = role.charAt(role.length() - 1);
    return "%s%s%s_branch%s"
        .formatted(
            role.contains("conv") ? "res" : "bn",
            path.stage() + 2,
            (char) ('a' + path.block()),
            role.startsWith("shortcut.") ? "1" : "2" + (char) ('a' + last - '1'));
  }

  private static boolean has(Set<String> names, String layer, String variable) {
    return names.contains(layer + "/" + variable + ":0") || names.contains(layer + "/" + variable);
  }

  private static KeyMapping naming(
      String name,
      Set<String> names,
      BiFunction<Architecture, LayerPath, String> layers,
      double epsilon,
      Downsampling downsampling) {
    String end = names.stream().anyMatch(next -> next.endsWith("/kernel:0")) ? ":0" : "";
    return new KeyMapping(
        name,
        KeyMapping.eachLayer(layers),
        Map.of(
            ParameterKind.WEIGHT, "/kernel" + end,
            ParameterKind.BIAS, "/bias" + end,
            ParameterKind.SCALE, "/gamma" + end,
            ParameterKind.SHIFT, "/beta" + end,
            ParameterKind.MEAN, "/moving_mean" + end,
            ParameterKind.VARIANCE, "/moving_variance" + end),
        Layout.OUT_LAST,
        epsilon,
        downsampling,
        tensor -> false,
        arch -> false,
        null);
  }

  private static String outside(LayerPath path, String classifier) {
    if (path.place() == LayerPath.Place.HEAD) {
      return path.role().equals("bn") ? "post_bn" : classifier;
    }
    return numbered(path.role(), 0).replaceFirst("^", "conv");
  }

  private static String inBlock(Architecture arch, LayerPath path, String first) {
    if (path.role().startsWith("shortcut.")) {
      return path.role().replace("shortcut.", "0_");
    }
    if (!arch.blocks().kind().isPreActivated() || path.role().startsWith("conv")) {
      return numbered(path.role(), 0);
    }
    // In Keras a norm has the number of the convolution before it, here of the one after it.
    return path.role().equals("bn1") ? first : numbered(path.role(), -1);
  }

  /** Turns {@code conv1} into {@code 1_conv}. */
  private static String numbered(String role, int shift) {
    int end = role.length() - 1;
    return (role.charAt(end) - '0' + shift) + "_" + role.substring(0, end);
  }
}
