package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.BlockKind;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.Shape;
import org.resnet4j.arch.Stem;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.support.JsonFields;

/**
 * Reads {@code config.json} and {@code preprocessor_config.json} of a ResNet of transformers.
 * Images are prepared as its {@code ConvNextImageProcessor} and {@code ViTImageProcessor} do; the
 * crop is torchvision's, which starts up to one pixel later where it cannot be central.
 */
final class TransformersConfig {
  private static final String PREPROCESSOR = "preprocessor_config.json";

  /** The side from which {@code ConvNextImageProcessor} stretches instead of cropping. */
  private static final int STRETCHED = 384;

  /** The ratio of a bottleneck's output to its inner channels. */
  private static final int REDUCTION = 4;

  private TransformersConfig() {}

  static HubDescription of(JsonFields config, Path folder) throws IOException {
    String type = config.text("model_type");
    if (!type.equals("resnet")) {
      throw config.refused("model_type", "resnet", type);
    }
    Path file = folder.resolve(PREPROCESSOR);
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          file + ": expected the preparation of images beside config.json but there is none");
    }
    int channels = config.findSize("num_channels").orElse(3);
    ImagePipeline pipeline = pipeline(HubDescription.fields(file), channels);
    ClassNames classes = classes(config);
    int count =
        classes == null ? config.findSize("num_labels").orElse(1000) : classes.names().size();
    return new HubDescription(architecture(config, pipeline.output(), count), pipeline, classes);
  }

  private static Architecture architecture(JsonFields config, Shape input, int classes) {
    int[] depths = config.findSizes("depths").orElse(new int[] {3, 4, 6, 3});
    int[] outputs = config.findSizes("hidden_sizes").orElse(new int[] {256, 512, 1024, 2048});
    String kind = config.findText("layer_type").orElse("bottleneck");
    String activation = config.findText("hidden_act").orElse("relu");
    if (!activation.equals("relu")) {
      throw config.refused("hidden_act", "relu", activation);
    }
    boolean basic = kind.equals("basic");
    if (!basic && !kind.equals("bottleneck")) {
      throw config.refused("layer_type", "basic or bottleneck", kind);
    }
    if (!basic && Arrays.stream(outputs).anyMatch(width -> width % REDUCTION != 0)) {
      throw config.refused("hidden_sizes", "multiples of 4", outputs);
    }
    int first = config.findFlag("downsample_in_first_stage").orElse(false) ? 2 : 1;
    boolean inFirst = !basic && config.findFlag("downsample_in_bottleneck").orElse(false);
    Architecture built =
        Architectures.byName(basic ? "resnet18" : "resnet50")
            .with(
                arch ->
                    arch.name("resnet")
                        .block(basic ? BlockKind.BASIC : BlockKind.BOTTLENECK)
                        .depths(depths)
                        .widths(
                            Arrays.stream(outputs)
                                .map(width -> basic ? width : width / REDUCTION)
                                .toArray())
                        .strides(
                            IntStream.range(0, depths.length)
                                .map(stage -> stage == 0 ? first : 2)
                                .toArray())
                        .stem(Stem.imagenet(config.findSize("embedding_size").orElse(64)))
                        .downsampling(inFirst ? Downsampling.FIRST_CONV : Downsampling.SPATIAL_CONV)
                        .input(input)
                        .classes(classes));
    return Architectures.all().stream()
        .filter(known -> known.family() == built.family())
        .map(known -> known.with(arch -> arch.input(input).classes(classes)))
        .filter(known -> known.with(arch -> arch.name(built.name())).equals(built))
        .findFirst()
        .orElse(built);
  }

  private static ImagePipeline pipeline(JsonFields json, int channels) {
    int side = side(json);
    double share = HubDescription.cropShare(json);
    String processor =
        json.findText("image_processor_type")
            .or(() -> json.findText("feature_extractor_type"))
            .orElse("ConvNextImageProcessor");
    boolean crops = processor.startsWith("ConvNext") && side < STRETCHED;
    if (!processor.startsWith("ConvNext") && !processor.startsWith("ViT")) {
      throw json.refused("image_processor_type", "that of ConvNext or ViT", processor);
    }
    Interpolation interpolation = interpolation(json);
    boolean normalized = json.findFlag("do_normalize").orElse(true);
    List<Double> mean = json.findNumbers("image_mean").orElse(Normalization.TORCHVISION.mean());
    List<Double> std = json.findNumbers("image_std").orElse(Normalization.TORCHVISION.std());
    Shape output = new Shape(channels, side, side);
    return ImagePipeline.of(
        output,
        crops ? Fit.centerCrop(output, share, interpolation) : Fit.stretch(interpolation),
        normalized ? Normalization.rgb(mean, std) : Normalization.UNIT);
  }

  private static int side(JsonFields json) {
    if (json.find("size").orElse(null) instanceof Map<?, ?>) {
      JsonFields size = json.findObject("size").orElseThrow();
      int side =
          size.findSize("shortest_edge")
              .or(() -> size.findSize("height"))
              .orElseThrow(
                  () -> json.refused("size", "a shortest_edge or a height", size.values()));
      if (!size.findSize("width").orElse(side).equals(side)) {
        throw size.refused("width", "a square", size.values());
      }
      return bounded(json, side);
    }
    return bounded(json, json.findSize("size").orElse(224));
  }

  private static int bounded(JsonFields json, int side) {
    if (side > 1 << 13) {
      throw json.refused("size", "at most 8192 pixels", side);
    }
    return side;
  }

  /** Returns the filter of Pillow's number; transformers' own default is bicubic. */
  private static Interpolation interpolation(JsonFields json) {
    int number = json.findSize("resample").orElse(3);
    return switch (number) {
      case 2 -> Interpolation.BILINEAR;
      case 3 -> Interpolation.BICUBIC;
      default -> throw json.refused("resample", "2 (bilinear) or 3 (bicubic)", number);
    };
  }

  private static @Nullable ClassNames classes(JsonFields config) {
    JsonFields labels = config.findObject("id2label").orElse(null);
    if (labels == null) {
      return null;
    }
    int count = labels.values().size();
    List<String> names =
        IntStream.range(0, count).mapToObj(i -> labels.text(String.valueOf(i))).toList();
    return count == 0 ? null : ClassNames.of(names);
  }
}
