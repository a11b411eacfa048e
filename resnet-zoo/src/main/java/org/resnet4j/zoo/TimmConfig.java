package org.resnet4j.zoo;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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
  private static final String NAMES = "label_names";

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
    requireUsual(config);
    requireUsual(trained);
    int[] input = trained.findSizes("input_size").orElse(new int[] {3, 224, 224});
    if (input.length != 3 || input[1] > 1 << 13 || input[2] > 1 << 13) {
      throw trained.refused("input_size", "[channels, height, width] up to 8192", input);
    }
    Shape shape = new Shape(input[0], input[1], input[2]);
    int channels = config.findSize("in_chans").orElse(input[0]);
    if (channels != input[0]) {
      throw config.refused("in_chans", input[0] + ", as in input_size,", channels);
    }
    int classes =
        config.findSize("num_classes").or(() -> trained.findSize("num_classes")).orElse(1000);
    return new HubDescription(
        published.with(arch -> arch.input(shape).classes(classes)),
        ImagePipeline.of(shape, fit(trained, shape), normalization(trained)),
        classes(config.find(NAMES).isPresent() ? config : trained, classes));
  }

  /** Refuses values by which timm builds another network than the published one. */
  private static void requireUsual(JsonFields config) {
    String pool = config.findText("global_pool").orElse("avg");
    if (!pool.equals("avg")) {
      throw config.refused("global_pool", "avg", pool);
    }
    double offset = config.findNumber("label_offset").orElse(0.0);
    if (offset != 0) {
      throw config.refused("label_offset", "0", offset);
    }
  }

  private static Fit fit(JsonFields trained, Shape shape) {
    Interpolation interpolation = interpolation(trained);
    String mode = trained.findText("crop_mode").orElse("center");
    return switch (mode) {
      case "squash" -> Fit.stretch(interpolation);
      case "center" -> Fit.centerCrop(shape, HubDescription.cropShare(trained), interpolation);
      default -> throw trained.refused("crop_mode", "center or squash", mode);
    };
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
    List<String> names = names(config, config.find(NAMES).orElse(List.of()));
    if (names.isEmpty()) {
      return null;
    }
    if (names.size() != count) {
      throw config.refused(NAMES, "a name for each of " + count + " classes", names.size());
    }
    ClassNames imagenet = Labels.IMAGENET_1K.classes();
    return names.equals(imagenet.wordnetIds()) ? imagenet : ClassNames.of(names);
  }

  private static List<String> names(JsonFields config, Object value) {
    if (value instanceof List<?> names) {
      return names.stream().map(String::valueOf).toList();
    }
    if (!(value instanceof Map<?, ?> names)) {
      throw config.refused(NAMES, "a list or an object of names by number", value);
    }
    JsonFields byNumber = config.object(NAMES);
    return IntStream.range(0, names.size())
        .mapToObj(i -> byNumber.text(String.valueOf(i)))
        .toList();
  }
}
