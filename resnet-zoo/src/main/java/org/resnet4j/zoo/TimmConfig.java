package org.resnet4j.zoo;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.support.JsonFields;

/**
 * Reads a {@code config.json} of timm. The pipeline is that of {@code
 * timm.data.create_transform(**resolve_data_config(cfg))} for validation: the shorter side becomes
 * {@code floor(size / crop_pct)}, then the middle is cropped.
 */
final class TimmConfig {
  private TimmConfig() {}

  static HubDescription of(JsonFields config) {
    String name = config.text("architecture").replaceFirst("\\..*", "");
    config
        .findObject("model_args")
        .filter(changes -> !changes.values().isEmpty())
        .ifPresent(
            changes -> {
              throw config.refused(
                  "model_args", "no changes to the architecture", changes.values());
            });
    Architecture published = Architectures.byName(name);
    JsonFields trained = config.findObject("pretrained_cfg").orElse(config);
    int[] input = trained.findSizes("input_size").orElse(new int[] {3, 224, 224});
    if (input.length != 3 || input[1] > 1 << 13 || input[2] > 1 << 13) {
      throw trained.refused("input_size", "[channels, height, width] up to 8192", input);
    }
    Shape shape = new Shape(input[0], input[1], input[2]);
    int classes =
        config.findSize("num_classes").or(() -> trained.findSize("num_classes")).orElse(1000);
    return new HubDescription(
        published.with(arch -> arch.input(shape).classes(classes)),
        ImagePipeline.of(shape, fit(trained, shape), normalization(trained)),
        classes(config, classes));
  }

  private static Fit fit(JsonFields trained, Shape shape) {
    Interpolation interpolation = interpolation(trained);
    String mode = trained.findText("crop_mode").orElse("center");
    return switch (mode) {
      case "squash" -> Fit.stretch(interpolation);
      case "center" -> Fit.centerCrop(shape, share(trained), interpolation);
      default -> throw trained.refused("crop_mode", "center or squash", mode);
    };
  }

  private static double share(JsonFields trained) {
    double share = trained.findNumber("crop_pct").orElse(0.875);
    if (share <= 0 || share > 1) {
      throw trained.refused("crop_pct", "a share in (0, 1]", share);
    }
    return share;
  }

  private static Interpolation interpolation(JsonFields trained) {
    String name = trained.findText("interpolation").orElse("bicubic");
    return switch (name) {
      case "bilinear" -> Interpolation.BILINEAR;
      case "bicubic" -> Interpolation.BICUBIC;
      default -> throw trained.refused("interpolation", "bilinear or bicubic", name);
    };
  }

  private static Normalization normalization(JsonFields trained) {
    List<Double> mean = trained.findNumbers("mean").orElse(Normalization.TORCHVISION.mean());
    List<Double> std = trained.findNumbers("std").orElse(Normalization.TORCHVISION.std());
    return Normalization.rgb(mean, std);
  }

  private static @Nullable ClassNames classes(JsonFields config, int count) {
    List<String> names =
        config
            .find("label_names")
            .filter(value -> value instanceof List<?>)
            .map(value -> ((List<?>) value).stream().map(String::valueOf).toList())
            .orElse(List.of());
    if (names.isEmpty()) {
      return null;
    }
    if (names.size() != count) {
      throw config.refused("label_names", "a name for each of " + count + " classes", names.size());
    }
    ClassNames imagenet = Labels.IMAGENET_1K.classes();
    return names.equals(imagenet.wordnetIds()) ? imagenet : ClassNames.of(names);
  }
}
