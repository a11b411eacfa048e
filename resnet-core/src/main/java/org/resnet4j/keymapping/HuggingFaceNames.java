package org.resnet4j.keymapping;

import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Projection;
import org.resnet4j.arch.Stem;
import org.resnet4j.weights.KeyMapping;

/**
 * The names of {@code ResNetForImageClassification} in <a
 * href="https://github.com/huggingface/transformers/blob/main/src/transformers/models/resnet/modeling_resnet.py">transformers</a>,
 * such as {@code resnet.encoder.stages.0.layers.0.layer.0.convolution}. Bottlenecks are v1.5 as in
 * {@code microsoft/resnet-50}. (A configuration with {@code downsample_in_bottleneck} is v1; the
 * tensors do not show it.)
 */
final class HuggingFaceNames {
  static final KeyMapping NAMING =
      KeyMapping.torch(
          "huggingface", KeyMapping.eachLayer(HuggingFaceNames::module), Downsampling.SPATIAL_CONV);

  /** The names of a {@code ResNetModel}, which has no classifier. */
  static final KeyMapping BARE = NAMING.withLayers(name -> name.replaceFirst("^resnet\\.", ""));

  private HuggingFaceNames() {}

  private static String module(Architecture arch, LayerPath path) {
    if (arch.blocks().kind().isPreActivated()
        || arch.stem().convolutions().size() != 1
        || arch.stem().pooling() != Stem.Pooling.MAX
        || arch.shortcut().projection() != Projection.CONV_NORM) {
      throw new IllegalArgumentException(
          "%s: transformers has no such network and no names for it; timm's exist"
              .formatted(arch.name()));
    }
    return switch (path.place()) {
      case STEM -> "resnet.embedder.embedder." + kind(path);
      case STAGE ->
          "resnet.encoder.stages.%s.layers.%s.%s"
              .formatted(path.stage(), path.block(), inBlock(path));
      default -> "classifier.1";
    };
  }

  private static String inBlock(LayerPath path) {
    if (path.role().startsWith("shortcut.")) {
      return "shortcut." + kind(path);
    }
    int index = path.role().charAt(path.role().length() - 1) - '1';
    return "layer.%s.%s".formatted(index, kind(path));
  }

  private static String kind(LayerPath path) {
    return path.role().contains("conv") ? "convolution" : "normalization";
  }
}
