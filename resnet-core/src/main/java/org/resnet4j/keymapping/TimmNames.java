package org.resnet4j.keymapping;

import java.util.Set;
import java.util.regex.Pattern;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Projection;
import org.resnet4j.weights.KeyMapping;

/**
 * The names of <a
 * href="https://github.com/huggingface/pytorch-image-models/blob/main/timm/models/resnet.py">timm's
 * ResNets</a>. They are torchvision's, with {@code conv1.0}, {@code conv1.1} … in a deep stem and
 * {@code downsample.1}, {@code downsample.2} after the pooling of a {@code d} network. <a
 * href="https://github.com/huggingface/pytorch-image-models/blob/main/timm/models/resnetv2.py">Pre-activation
 * networks</a> have names such as {@code stages.0.blocks.0.norm1}, and their classifier is a 1×1
 * convolution.
 */
final class TimmNames {
  static final KeyMapping NAMING =
      KeyMapping.torch("timm", KeyMapping.eachLayer(TimmNames::module), Downsampling.SPATIAL_CONV)
          .withPointwise(arch -> arch.blocks().kind().isPreActivated());

  private static final Pattern TELLTALE =
      Pattern.compile(
          "conv1\\.0\\.weight|layer1\\.0\\.(downsample\\.2|se\\.(fc1|conv))\\.weight|stages\\.0\\.blocks\\.0\\.norm1\\.weight");

  private TimmNames() {}

  /** Returns whether {@code names} contains one that torchvision's networks lack. */
  static boolean areThere(Set<String> names) {
    return names.stream().anyMatch(TELLTALE.asMatchPredicate());
  }

  private static String module(Architecture arch, LayerPath path) {
    if (arch.blocks().kind().isPreActivated()) {
      return preActivated(arch, path);
    }
    return switch (path.place()) {
      case STEM -> stem(arch.stem().convolutions().size(), path.role());
      case STAGE ->
          TorchvisionNames.block(
              path, arch.shortcut().projection() == Projection.POOL_CONV_NORM ? 1 : 0);
      default -> path.role();
    };
  }

  /**
   * Returns the module of a stem's layer. Several convolutions are a sequence {@code conv1} of
   * convolution, norm, ReLU, convolution, …; the last norm follows it as {@code bn1}.
   */
  private static String stem(int convolutions, String role) {
    if (convolutions == 1) {
      return role;
    }
    boolean norm = role.startsWith("bn");
    int index = Integer.parseInt(role.replaceFirst("\\D+", ""));
    return norm && index == convolutions ? "bn1" : "conv1." + (3 * (index - 1) + (norm ? 1 : 0));
  }

  private static String preActivated(Architecture arch, LayerPath path) {
    String role = path.role().replace("bn", "norm");
    return switch (path.place()) {
      case STEM -> "stem." + (arch.stem().convolutions().size() > 1 ? role : "conv");
      case STAGE ->
          "stages.%s.blocks.%s.%s"
              .formatted(
                  path.stage(), path.block(), role.replace("shortcut.conv", "downsample.conv"));
      default -> role.equals("fc") ? "head.fc" : role;
    };
  }
}
