package org.resnet4j.keymapping;

import java.util.Set;
import java.util.regex.Pattern;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Projection;
import org.resnet4j.weights.KeyMapping;

/**
 * torchvision's names, with {@code conv1.0}, {@code conv1.1} … in a deep stem and {@code
 * downsample.1}, {@code downsample.2} behind the pooling of a {@code d} network (<a
 * href="https://github.com/huggingface/pytorch-image-models/blob/main/timm/models/resnet.py">timm
 * resnet.py</a>), and those of its pre-activation networks, {@code stages.0.blocks.0.norm1}, whose
 * classifier is a 1×1 convolution (<a
 * href="https://github.com/huggingface/pytorch-image-models/blob/main/timm/models/resnetv2.py">resnetv2.py</a>).
 */
final class TimmNames {
  static final KeyMapping NAMING =
      KeyMapping.torch("timm", KeyMapping.eachLayer(TimmNames::module), Downsampling.SPATIAL_CONV)
          .withPointwise(row -> row.blocks().kind().isPreActivated());

  private static final Pattern TELLTALE =
      Pattern.compile(
          "conv1\\.0\\.weight|layer1\\.0\\.(downsample\\.2|se\\.fc1)\\.weight|stages\\.0\\.blocks\\.0\\.norm1\\.weight");

  private TimmNames() {}

  /** What torchvision's networks do not have. */
  static boolean areThere(Set<String> names) {
    return names.stream().anyMatch(TELLTALE.asMatchPredicate());
  }

  private static String module(Architecture row, LayerPath path) {
    if (row.blocks().kind().isPreActivated()) {
      return preActivated(row, path);
    }
    return switch (path.place()) {
      case STEM -> stem(row.stem().convolutions().size(), path.role());
      case STAGE ->
          TorchvisionNames.block(
              path, row.shortcut().projection() == Projection.POOL_CONV_NORM ? 1 : 0);
      default -> path.role();
    };
  }

  /**
   * Several convolutions are a sequence {@code conv1} of convolution, norm, ReLU, convolution, …;
   * the norm of the last stands behind it.
   */
  private static String stem(int convolutions, String role) {
    if (convolutions == 1) {
      return role;
    }
    boolean norm = role.startsWith("bn");
    int index = Integer.parseInt(role.replaceFirst("\\D+", ""));
    return norm && index == convolutions ? "bn1" : "conv1." + (3 * (index - 1) + (norm ? 1 : 0));
  }

  private static String preActivated(Architecture row, LayerPath path) {
    String role = path.role().replace("bn", "norm");
    return switch (path.place()) {
      case STEM -> "stem." + (row.stem().convolutions().size() > 1 ? role : "conv");
      case STAGE ->
          "stages.%s.blocks.%s.%s"
              .formatted(
                  path.stage(), path.block(), role.replace("shortcut.conv", "downsample.conv"));
      default -> role.equals("fc") ? "head.fc" : role;
    };
  }
}
