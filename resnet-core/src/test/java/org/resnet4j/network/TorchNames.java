package org.resnet4j.network;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of a vertex's tensors in a torch state dict. */
enum TorchNames {
  /**
   * The modules of {@code make_goldens.py}, nested so that their names are those of our vertices.
   */
  OURS {
    @Override
    String module(String vertex) {
      return vertex;
    }
  },
  TORCHVISION {
    @Override
    String module(String vertex) {
      Matcher block = BLOCK.matcher(vertex);
      if (!block.matches()) {
        return vertex.replaceFirst("^(stem|head)\\.", "");
      }
      String role =
          block
              .group(3)
              .replace("shortcut.conv", "downsample.0")
              .replace("shortcut.bn", "downsample.1");
      return "layer%s.%s.%s".formatted(Integer.parseInt(block.group(1)) + 1, block.group(2), role);
    }
  },
  /** The residual block of d2l.ai. */
  D2L {
    @Override
    String module(String vertex) {
      return vertex.replaceFirst("^stage\\d\\.block\\d\\.", "").replace("shortcut.conv", "conv3");
    }
  };

  private static final Pattern BLOCK = Pattern.compile("stage(\\d+)\\.block(\\d+)\\.(.+)");

  private static final Map<String, String> SUFFIXES =
      Map.of(
          "W", "weight",
          "b", "bias",
          "gamma", "weight",
          "beta", "bias",
          "mean", "running_mean",
          "var", "running_var");

  abstract String module(String vertex);

  /**
   * Returns torch's name of Deeplearning4j's {@code parameter}, for example {@code stem.conv1_W}.
   */
  String tensor(String parameter) {
    int end = parameter.lastIndexOf('_');
    String suffix = SUFFIXES.get(parameter.substring(end + 1));
    if (suffix == null) {
      throw new AssertionError(parameter + ": expected a parameter of " + SUFFIXES.keySet());
    }
    return module(parameter.substring(0, end)) + "." + suffix;
  }
}
