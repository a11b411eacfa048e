package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.export.OnnxExport.BatchNorm;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;

/**
 * Folders of the Hugging Face hub are models. The JSON has the fields that transformers and timm
 * write.
 */
final class HubFolderTest {
  /** {@code config.json} of microsoft/resnet-18, for narrow stages and three classes. */
  static final String TRANSFORMERS =
      """
      {
        "architectures": ["ResNetForImageClassification"],
        "depths": [1, 2, 1, 1],
        "downsample_in_first_stage": false,
        "embedding_size": 8,
        "hidden_act": "relu",
        "hidden_sizes": [8, 16, 24, 32],
        "id2label": {"0": "tench, Tinca tinca", "1": "goldfish", "2": "shark"},
        "layer_type": "basic",
        "model_type": "resnet",
        "num_channels": 3,
        "torch_dtype": "float32",
        "transformers_version": "4.18.0.dev0"
      }
      """;

  /** {@code preprocessor_config.json} of microsoft/resnet-18. */
  static final String PREPROCESSOR =
      """
      {
        "crop_pct": 0.875,
        "do_normalize": true,
        "do_resize": true,
        "feature_extractor_type": "ConvNextFeatureExtractor",
        "image_mean": [0.485, 0.456, 0.406],
        "image_std": [0.229, 0.224, 0.225],
        "resample": 3,
        "size": 224
      }
      """;

  /** {@code config.json} of timm/resnet18.a1_in1k, for another size and three classes. */
  static final String TIMM =
      """
      {
        "architecture": "resnet18",
        "num_classes": 3,
        "num_features": 512,
        "label_names": ["a", "b", "c"],
        "pretrained_cfg": {
          "tag": "a1_in1k",
          "custom_load": false,
          "input_size": [3, 64, 64],
          "test_input_size": [3, 96, 96],
          "fixed_input_size": false,
          "interpolation": "bicubic",
          "crop_pct": 0.95,
          "crop_mode": "center",
          "mean": [0.5, 0.5, 0.5],
          "std": [0.25, 0.25, 0.25],
          "num_classes": 3,
          "pool_size": [7, 7],
          "first_conv": "conv1",
          "classifier": "fc"
        }
      }
      """;

  @TempDir Path folder;

  private void write(String config, String preprocessor, Architecture architecture, String naming)
      throws IOException {
    Files.writeString(folder.resolve("config.json"), config);
    Files.writeString(folder.resolve("preprocessor_config.json"), preprocessor);
    Models.create(architecture, 3)
        .export(folder.resolve("model.safetensors"), naming, BatchNorm.KEPT);
  }

  private static Architecture narrow() {
    return Architectures.byName("resnet18")
        .with(
            arch ->
                arch.name("resnet")
                    .depths(1, 2, 1, 1)
                    .widths(8, 16, 24, 32)
                    .stemWidth(8)
                    .classes(3));
  }

  @Test
  void transformersFolderIsAModel() throws IOException {
    write(TRANSFORMERS, PREPROCESSOR, narrow(), "huggingface");

    Model model = Models.open(folder);

    assertThat(model.architecture()).isEqualTo(narrow());
    assertThat(model.network().params()).isEqualTo(Models.create(narrow(), 3).network().params());
    assertThat(model.classes().names()).containsExactly("tench, Tinca tinca", "goldfish", "shark");
    assertThat(model.pipeline())
        .isEqualTo(
            ImagePipeline.of(
                new Shape(3, 224, 224),
                Fit.centerCrop(256, Interpolation.BICUBIC),
                Normalization.TORCHVISION));
  }

  /** The fields are those of microsoft/resnet-50 and of its v1 form. */
  @ParameterizedTest
  @CsvSource({"false, resnet50", "true, resnet50_v1"})
  void publishedTransformersConfigurationIsTheArchitectureOfItsName(
      boolean inBottleneck, String expected) throws IOException {
    String config =
        """
        {"model_type": "resnet", "depths": [3, 4, 6, 3], "hidden_sizes": [256, 512, 1024, 2048],
         "embedding_size": 64, "layer_type": "bottleneck", "hidden_act": "relu",
         "downsample_in_first_stage": false, "downsample_in_bottleneck": %s}
        """
            .formatted(inBottleneck);
    Files.writeString(folder.resolve("config.json"), config);
    Files.writeString(
        folder.resolve("preprocessor_config.json"),
        PREPROCESSOR.replace("\"size\": 224", "\"size\": {\"shortest_edge\": 224}"));

    HubDescription read =
        TransformersConfig.of(HubDescription.fields(folder.resolve("config.json")), folder);

    assertThat(read.architecture()).isEqualTo(Architectures.byName(expected));
  }

  @Test
  void processorOfVisionTransformersStretches() throws IOException {
    write(
        TRANSFORMERS,
        PREPROCESSOR.replace("ConvNextFeatureExtractor", "ViTImageProcessor"),
        narrow(),
        "huggingface");

    assertThat(Models.open(folder).pipeline().fit()).isEqualTo(Fit.stretch(Interpolation.BICUBIC));
  }

  @Test
  void timmFolderIsAModel() throws IOException {
    Architecture expected =
        Architectures.byName("resnet18").with(arch -> arch.input(3, 64, 64).classes(3));
    write(TIMM, "{}", expected, "timm");

    Model model = Models.open(folder);

    assertThat(model.architecture()).isEqualTo(expected);
    assertThat(model.classes()).isEqualTo(ClassNames.of(List.of("a", "b", "c")));
    // floor(64 / 0.95) = 67
    assertThat(model.pipeline())
        .isEqualTo(
            ImagePipeline.of(
                new Shape(3, 64, 64),
                Fit.centerCrop(67, Interpolation.BICUBIC),
                Normalization.rgb(List.of(0.5, 0.5, 0.5), List.of(0.25, 0.25, 0.25))));
  }

  @Test
  void timmNamesByNumberAreInTheirOrder() throws IOException {
    String config =
        TIMM.replace("[\"a\", \"b\", \"c\"]", "{\"2\": \"c\", \"0\": \"a\", \"1\": \"b\"}");
    assertThat(config).isNotEqualTo(TIMM);
    Files.writeString(folder.resolve("config.json"), config);

    HubDescription read = TimmConfig.of(HubDescription.fields(folder.resolve("config.json")));

    assertThat(read.classes()).isEqualTo(ClassNames.of(List.of("a", "b", "c")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[\"a\", \"b\", \"c\"]|{\"0\": \"a\", \"1\": \"b\", \"3\": \"c\"}|label_names: it lacks \"2\"",
        "[\"a\", \"b\", \"c\"]|\"abc\"|label_names: expected a list or an object of names by number",
        "[\"a\", \"b\", \"c\"]|{\"0\": \"a\"}|a name for each of 3 classes but was 1",
        "\"num_features\": 512|\"global_pool\": \"catavgmax\"|global_pool: expected avg but was \"catavgmax\"",
        "\"num_features\": 512|\"model_args\": {\"stem_type\": \"deep\"}|model_args: expected no changes",
        "\"num_features\": 512|\"in_chans\": 1|in_chans: expected 3, as in input_size, but was 1",
        "\"pool_size\"|\"global_pool\": \"max\", \"x\"|pretrained_cfg: global_pool: expected avg but was \"max\"",
        "\"pool_size\"|\"label_offset\": 1, \"x\"|label_offset: expected 0 but was 1"
      })
  void timmConfigurationsOfOtherNetworksAreRefusedByField(String part, String other, String message)
      throws IOException {
    assertThat(TIMM).contains(part);
    Files.writeString(folder.resolve("config.json"), TIMM.replace(part, other));

    assertThatThrownBy(() -> Models.open(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"resnet\",|\"vit\",|model_type: expected resnet but was \"vit\"",
        "\"relu\"|\"gelu\"|hidden_act: expected relu but was \"gelu\"",
        "\"basic\"|\"other\"|layer_type: expected basic or bottleneck",
        "[8, 16, 24, 32]|[8, 16, 24]|one width per stage",
        "[1, 2, 1, 1]|[1, 2, 1, 1e99]|a whole number from 1 to 2^24",
        "[1, 2, 1, 1]|[1, 2, 1, 16777216]|at most 4096 blocks",
        "[1, 2, 1, 1]|\"x\"|depths: expected a list but was \"x\"",
        "\"2\": \"shark\"|\"7\": \"shark\"|it lacks \"2\"",
        "\"num_channels\": 3|\"num_channels\": 0|a whole number from 1 to 2^24",
        "{|[|expected a JSON object"
      })
  void malformedConfigurationsAreRefusedByFileAndField(String part, String other, String message)
      throws IOException {
    write(TRANSFORMERS.replace(part, other), PREPROCESSOR, narrow(), "huggingface");

    assertThatThrownBy(() -> Models.open(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"size\": 224|\"size\": 1000000|at most 8192 pixels",
        "\"size\": 224|\"size\": {\"height\": 224, \"width\": 200}|a square",
        "0.875|0|a share in (0, 1]",
        "\"resample\": 3|\"resample\": 1|2 (bilinear) or 3 (bicubic)",
        "[0.229, 0.224, 0.225]|[0.229, 0, 0.225]|one positive std a channel",
        "[0.229, 0.224, 0.225]|[0.229]|one mean and one positive std a channel"
      })
  void malformedPreparationsAreRefused(String part, String other, String message)
      throws IOException {
    write(TRANSFORMERS, PREPROCESSOR.replace(part, other), narrow(), "huggingface");

    assertThatThrownBy(() -> Models.open(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(message);
  }

  @Test
  void folderWithoutAModelIsRefusedByWhatItLacks() throws IOException {
    assertThatThrownBy(() -> Models.open(folder))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining(
            "with model.zip, or of a model from the Hugging Face hub with config.json");
    Files.writeString(folder.resolve("config.json"), TIMM);
    assertThatThrownBy(() -> Models.open(folder))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("expected weights beside config.json");
  }
}
