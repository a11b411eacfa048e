package org.resnet4j.keymapping;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Projection;
import org.resnet4j.arch.Stem;
import org.resnet4j.weights.Naming;

/**
 * torchvision's names, with {@code conv1.0}, {@code conv1.1} … in a deep stem and {@code
 * downsample.1}, {@code downsample.2} behind the pooling of a {@code d} network (<a
 * href="https://github.com/huggingface/pytorch-image-models/blob/main/timm/models/resnet.py">timm
 * resnet.py</a>), and those of its pre-activation networks, {@code stages.0.blocks.0.norm1}, whose
 * classifier is a 1×1 convolution (<a
 * href="https://github.com/huggingface/pytorch-image-models/blob/main/timm/models/resnetv2.py">resnetv2.py</a>).
 */
final class TimmNames {
  static final Naming NAMING =
      Naming.torch("timm", Naming.eachLayer(TimmNames::module), Downsampling.SPATIAL_CONV)
          .withPointwise(row -> row.block().isPreActivated());

  private static final Pattern TELLTALE =
      Pattern.compile(
          "conv1\\.6\\.weight|layer1\\.0\\.(downsample\\.2|se\\.fc1)\\.weight|stages\\.0\\.blocks\\.0\\.norm1\\.weight");

  private static final Map<String, String> DEEP_STEM =
      Map.of(
          "conv1", "conv1.0", "bn1", "conv1.1", "conv2", "conv1.3", "bn2", "conv1.4", "conv3",
          "conv1.6", "bn3", "bn1");

  private TimmNames() {}

  /** What torchvision's networks do not have. */
  static boolean areThere(Set<String> names) {
    return names.stream().anyMatch(TELLTALE.asMatchPredicate());
  }

  private static String module(Architecture row, LayerPath path) {
    if (row.block().isPreActivated()) {
      return preActivated(row, path);
    }
    return switch (path.place()) {
      case STEM ->
          row.stem() == Stem.DEEP ? requireNonNull(DEEP_STEM.get(path.role())) : path.role();
      case STAGE ->
          TorchvisionNames.block(path, row.projection() == Projection.POOL_CONV_NORM ? 1 : 0);
      default -> path.role();
    };
  }

  private static String preActivated(Architecture row, LayerPath path) {
    String role = path.role().replace("bn", "norm");
    return switch (path.place()) {
      case STEM -> "stem." + (row.stem() == Stem.DEEP ? role : "conv");
      case STAGE ->
          "stages.%s.blocks.%s.%s"
              .formatted(
                  path.stage(), path.block(), role.replace("shortcut.conv", "downsample.conv"));
      default -> role.equals("fc") ? "head.fc" : role;
    };
  }
}
