package org.resnet4j.keymapping;

import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Projection;
import org.resnet4j.weights.KeyMapping;

/**
 * The names of <a
 * href="https://github.com/pytorch/vision/blob/v0.14.1/torchvision/models/resnet.py">torchvision</a>,
 * such as {@code layer1.0.conv1}, {@code layer1.0.downsample.0} and {@code fc}. Its bottlenecks are
 * v1.5.
 */
final class TorchvisionNames {
  static final KeyMapping NAMING =
      KeyMapping.torch(
          "torchvision", KeyMapping.eachLayer(TorchvisionNames::module), Downsampling.SPATIAL_CONV);

  private TorchvisionNames() {}

  private static String module(Architecture arch, LayerPath path) {
    if (arch.blocks().kind().isPreActivated()
        || arch.stem().convolutions().size() != 1
        || arch.shortcut().projection() == Projection.POOL_CONV_NORM) {
      throw new IllegalArgumentException(
          "%s: torchvision has no such network and no names for it; timm's exist"
              .formatted(arch.name()));
    }
    return path.place() == LayerPath.Place.STAGE ? block(path, 0) : path.role();
  }

  /**
   * Returns the module of a block's layer.
   *
   * @param first index of the shortcut's convolution in {@code downsample}; its norm follows
   */
  static String block(LayerPath path, int first) {
    String role =
        switch (path.role()) {
          case "shortcut.conv" -> "downsample." + first;
          case "shortcut.bn" -> "downsample." + (first + 1);
          default -> path.role();
        };
    return "layer%s.%s.%s".formatted(path.stage() + 1, path.block(), role);
  }
}
