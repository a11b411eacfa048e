package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.Shape;
import org.resnet4j.fetch.Checksum;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;

@Tag("locale")
final class WeightSetsTest {
  static Stream<Named<PretrainedWeights>> allWeights() {
    return WeightSets.all().stream().map(weights -> Named.of(weights.name(), weights));
  }

  /**
   * The table is torchvision 0.14.1's own, made by {@code
   * src/test/python/preprocessing_goldens.py}.
   */
  @ParameterizedTest
  @CsvFileSource(resources = "torchvision-weights.csv")
  void everyTorchvisionWeightsEntryIsListedWithItsFigures(
      String architecture,
      String version,
      String address,
      long parameters,
      double top1,
      double top5,
      int resize,
      int crop,
      String interpolation) {
    PretrainedWeights weights =
        WeightSets.byName(
            architecture + version.replace("IMAGENET1K_", ".tv_in1k_").toLowerCase(Locale.ROOT));

    assertThat(weights.architecture()).isEqualTo(architecture);
    assertThat(weights.address()).hasToString(address);
    assertThat(address).contains("-" + weights.checksum().hex() + ".pth");
    assertThat(weights.accuracy().top1()).isEqualTo(top1);
    assertThat(weights.accuracy().top5()).isEqualTo(top5);
    assertThat(weights.pipeline())
        .isEqualTo(
            ImagePipeline.of(
                new Shape(3, crop, crop),
                Fit.centerCrop(
                    resize, Interpolation.valueOf(interpolation.toUpperCase(Locale.ROOT))),
                Normalization.TORCHVISION));
    // Four or two bytes a parameter, plus counters and names.
    assertThat(weights.mebibytes() * (1 << 20) / parameters).isBetween(2.0, 4.1);
  }

  @ParameterizedTest
  @MethodSource("allWeights")
  void everyPretrainedWeightsEntryNamesAnArchitecture(PretrainedWeights weights) {
    Architecture architecture = weights.architectureSpec();

    assertThat(architecture.classes()).isEqualTo(weights.labels().names().size());
    assertThat(architecture.input()).isEqualTo(weights.pipeline().output());
    assertThat(weights.download().most()).isBetween(1L << 20, 1L << 30);
  }

  @ParameterizedTest
  @MethodSource("allWeights")
  void everyPretrainedWeightsEntryHasItsAddressChecksumAndLicence(PretrainedWeights weights) {
    assertThat(weights.name()).matches("[a-z0-9_]+\\.[a-z0-9_]+");
    assertThat(weights.address().getScheme()).isEqualTo("https");
    assertThat(weights.file()).matches("[A-Za-z0-9_-]+\\.(pth|th|h5|safetensors)");
    assertThat(weights.checksum().hex()).hasSizeGreaterThanOrEqualTo(8);
    assertThat(weights.licence()).matches("(BSD|Apache|CC)-.*\\(.*\\)");
    assertThat(weights.recipe()).contains("https://");
    assertThat(weights.accuracy().top1()).isBetween(65.0, 95.0);
    assertThat(weights.accuracy().source()).containsAnyOf("ImageNet-1k", "CIFAR-10");
  }

  @Test
  void checksumsOfAllPretrainedWeightsDiffer() {
    Set<Checksum> sums = new HashSet<>();
    assertThat(WeightSets.all()).allMatch(weights -> sums.add(weights.checksum())).hasSize(55);
  }

  @ParameterizedTest
  @CsvSource({
    "resnet50, resnet50.tv_in1k_v2",
    "resnet18, resnet18.a1_in1k",
    "resnet50d, resnet50d.a1_in1k",
    "resnet50_v1, resnet50.keras_in1k",
    "resnet20_cifar, resnet20_cifar.akamaster"
  })
  void architectureNameSelectsItsMostAccurateFreeWeights(String architecture, String best) {
    assertThat(WeightSets.byName(architecture).name()).isEqualTo(best);
  }

  @Test
  void weightsOfKerasHaveTheStrideInAnotherConvolution() {
    assertThat(
            WeightSets.byName("resnet50.keras_in1k")
                .architectureSpec()
                .blocks()
                .bottleneck()
                .downsampling())
        .isEqualTo(Downsampling.FIRST_CONV);
    assertThat(WeightSets.byName("resnet50_v2.keras_in1k").architecture())
        .isEqualTo("resnet50_v2_keras");
    assertThat(
            WeightSets.byName("resnet50.tv_in1k_v1")
                .architectureSpec()
                .blocks()
                .bottleneck()
                .downsampling())
        .isEqualTo(Downsampling.SPATIAL_CONV);
  }

  /** The accuracies are 100 minus the errors in akamaster's README. */
  @ParameterizedTest
  @CsvSource({"20, 91.73", "32, 92.63", "44, 93.10", "56, 93.39", "110, 93.68", "1202, 93.82"})
  void cifarNetworksHaveTheirPublishedAccuracy(int depth, double top1) {
    assertThat(WeightSets.byName("resnet%s_cifar.akamaster".formatted(depth)).accuracy().top1())
        .isEqualTo(top1);
  }

  @Test
  void unknownNamesAreRefusedWithTheNearest() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WeightSets.byName("resnet50.tv_in1k"))
        .withMessageContaining("resnet50.tv_in1k_v1");
  }

  /** The labels 207 and 388 appear in many first examples. */
  @Test
  void labelsAreInTheOrderOfTheOutputs() throws IOException {
    assertThat(Labels.IMAGENET_1K.names()).hasSize(1000).doesNotHaveDuplicates();
    assertThat(Labels.IMAGENET_1K.names().get(0)).isEqualTo("tench");
    assertThat(Labels.IMAGENET_1K.names().get(207)).isEqualTo("golden retriever");
    assertThat(Labels.IMAGENET_1K.names().get(388)).isEqualTo("giant panda");
    assertThat(Labels.IMAGENET_1K.names().get(999)).isEqualTo("toilet tissue");
    assertThat(Labels.CIFAR_10.names()).hasSize(10).startsWith("airplane").endsWith("truck");
    assertThat(Labels.CIFAR_100.names()).hasSize(100);
    try (InputStream licence = Labels.class.getResourceAsStream("labels/LICENSE")) {
      assertThat(new String(licence.readAllBytes(), StandardCharsets.UTF_8)).startsWith("BSD 3");
    }
  }
}
