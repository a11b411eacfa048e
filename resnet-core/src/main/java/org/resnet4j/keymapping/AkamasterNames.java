package org.resnet4j.keymapping;

import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Stem;
import org.resnet4j.weights.KeyMapping;

/**
 * The names of two implementations of CIFAR networks, such as {@code layer1.0.conv1}, {@code
 * layer2.0.shortcut.0} and {@code linear}. They are <a
 * href="https://github.com/akamaster/pytorch_resnet_cifar10/blob/master/resnet.py">akamaster</a>
 * with shortcuts A, which have no parameters, and <a
 * href="https://github.com/kuangliu/pytorch-cifar/blob/master/models/resnet.py">kuangliu</a> with
 * shortcuts B.
 */
final class AkamasterNames {
  static final KeyMapping NAMING =
      KeyMapping.torch(
          "akamaster", KeyMapping.eachLayer(AkamasterNames::module), Downsampling.SPATIAL_CONV);

  private AkamasterNames() {}

  private static String module(Architecture arch, LayerPath path) {
    if (arch.stem().convolutions().size() != 1
        || arch.stem().pooling() != Stem.Pooling.NONE
        || arch.blocks().kind().isPreActivated()) {
      throw new IllegalArgumentException(
          "%s: the names of akamaster are for CIFAR networks; torchvision's or timm's may fit"
              .formatted(arch.name()));
    }
    return switch (path.place()) {
      case STAGE -> TorchvisionNames.block(path, 0).replace(".downsample.", ".shortcut.");
      case HEAD -> "linear";
      default -> path.role();
    };
  }
}
