package org.resnet4j.zoo;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImageFiles;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.model.ModelFile;

/** A model keeps all of its parts in its zip. */
final class ModelTest {
  private static final Architecture SMALL =
      Architectures.byName("resnet8").with(arch -> arch.input(3, 24, 20).classes(3));

  private static final Model MODEL =
      Models.create(SMALL, 5)
          .with(
              ImagePipeline.of(
                  new Shape(3, 24, 20),
                  Fit.centerCrop(27, Interpolation.BICUBIC),
                  Normalization.CAFFE))
          .with(
              new ClassNames(
                  List.of("tench", "goldfish", "\u00e9t\u00e9"),
                  List.of("n01440764", "n01443537", "n0")));

  @TempDir Path folder;

  private Path saved(Model model) throws IOException {
    Path file = folder.resolve("model.zip");
    model.save(file);
    return file;
  }

  @Test
  void everyPartIsReadBackFromTheZip() throws IOException {
    Provenance provenance =
        new Provenance("resnet8.x", "https://example.org/x", "MIT", "SGD", "{\"a\":1}", null);
    Model model =
        new Model("mine", SMALL, MODEL.network(), MODEL.pipeline(), MODEL.classes(), provenance);

    Model read = Models.open(saved(model));

    assertThat(read.architecture()).isEqualTo(SMALL);
    assertThat(read.pipeline()).isEqualTo(model.pipeline());
    assertThat(read.classes()).isEqualTo(model.classes());
    assertThat(read.provenance()).isEqualTo(provenance);
    assertThat(read.network().params()).isEqualTo(model.network().params());
  }

  @Test
  void stockDeeplearning4jRestoresTheZip() throws IOException {
    Path file = saved(MODEL);

    assertThat(ModelSerializer.restoreComputationGraph(file.toFile()).params())
        .isEqualTo(MODEL.network().params());
  }

  /** All ways of handing over one picture give the same probabilities. */
  @Test
  void pathBytesStreamAndDecodedImageGiveTheSameAnswer() throws IOException {
    BufferedImage picture = new BufferedImage(40, 33, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 40 * 33; i++) {
      picture.setRGB(i % 40, i / 40, i * 7919);
    }
    Path file = folder.resolve("picture.png");
    ImageIO.write(picture, "png", file.toFile());
    byte[] bytes = Files.readAllBytes(file);

    try (Classifier classifier = MODEL.classifier()) {
      List<Prediction> expected = classifier.top(file, 3);
      assertThat(expected).extracting(Prediction::label).containsAll(MODEL.classes().names());
      assertThat(classifier.top(bytes, 3)).isEqualTo(expected);
      assertThat(classifier.top(new ByteArrayInputStream(bytes), 3)).isEqualTo(expected);
      assertThat(classifier.top(picture, 3)).isEqualTo(expected);
      assertThat(classifier.top(ImageFiles.read(file), 3)).isEqualTo(expected);
      assertThat(classifier.top(List.of(file, bytes, picture), 3).get(2)).hasSize(3);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> classifier.top(List.of("picture.png"), 3))
          .withMessage(
              "image 0: expected a Path, byte[], InputStream, BufferedImage or Image but was java.lang.String");
    }
  }

  /** The reference is one extractor for each place. */
  @Test
  void severalStagesInOnePassEqualThoseOfSingleExtractors() throws IOException {
    Path file = folder.resolve("picture.png");
    ImageIO.write(new BufferedImage(40, 33, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
    String[] places = {"C2", "pool", "C4"};

    try (FeatureExtractor together = MODEL.features(places)) {
      Map<String, INDArray> features = together.all(List.of(file, file));
      assertThat(features.keySet()).containsExactly(places);
      for (String place : places) {
        try (FeatureExtractor alone = MODEL.features(place)) {
          INDArray expected = alone.of(file);
          INDArray actual = requireNonNull(features.get(place));
          assertThat(actual.size(0)).isEqualTo(2);
          assertThat(
                  actual
                      .slice(1)
                      .reshape(expected.shape())
                      .sub(expected)
                      .amaxNumber()
                      .doubleValue())
              .as(place) // of values up to 20, in batches of another size
              .isLessThan(1e-5 * Math.max(1, expected.amaxNumber().doubleValue()));
        }
      }
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MODEL.features("C2", "C2"))
        .withMessage("resnet8: expected different places but C2 names stage0.block0.relu again");
  }

  @ParameterizedTest
  @CsvSource({
    "'\"format\" : 1', '\"format\" : 2', expected format 1 but was 2",
    "'\"kind\" : \"CENTER_CROP\"', '\"kind\" : \"EVAL\"', EVAL",
    "'\"resize\" : 27', '\"resize\" : -1', fit CENTER_CROP",
    "'\"tench\",', '', a WordNet id for each of 2 names",
    "'\"pipeline\"', '\"other\"', it lacks \"pipeline\""
  })
  void malformedDescriptionsAreRefusedByFileAndEntry(String part, String other, String message)
      throws IOException {
    Path file = described(part, other);

    assertThatThrownBy(() -> Models.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": resnet4j-model.json: expected the description of a model")
        .hasMessageContaining(message);
  }

  /** Returns the zip of a model in whose description {@code part} is replaced. */
  private Path described(String part, String other) throws IOException {
    Map<String, String> entries = new LinkedHashMap<>(ModelEntry.all(MODEL));
    String json = requireNonNull(entries.get(ModelEntry.NAME));
    assertThat(json).contains(part);
    entries.put(ModelEntry.NAME, json.replace(part, other));
    Path file = folder.resolve("bad.zip");
    ModelFile.write(file, MODEL.network(), ModelFile.Updater.DROP, entries);
    return file;
  }

  /** A network of other classes would be classified with wrong names. */
  @Test
  void descriptionOfAnotherNetworkIsRefused() throws IOException {
    Path file = folder.resolve("bad.zip");
    ModelFile.write(
        file,
        Models.create(SMALL.with(arch -> arch.classes(4)), 1).network(),
        ModelFile.Updater.DROP,
        ModelEntry.all(MODEL));

    assertThatThrownBy(() -> Models.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("parameters of resnet8 but there are");
  }

  @Test
  void otherNumberOfClassNamesThanOutputsIsRefused() throws IOException {
    ClassNames two = ClassNames.of(List.of("a", "b"));
    for (Architecture architecture : new Architecture[] {SMALL, null}) {
      Path file =
          saved(
              new Model(
                  "mine", architecture, MODEL.network(), MODEL.pipeline(), two, Provenance.NONE));

      assertThatThrownBy(() -> Models.open(file))
          .isInstanceOf(IOException.class)
          .hasMessage(
              file
                  + ": resnet4j-model.json: classes: expected a name for each of 3 outputs but there are 2; save the model again with as many");
    }
  }

  /** Each has as many parameters as the network in the zip. */
  @ParameterizedTest
  @CsvSource({
    "'\"strides\" : [ 2, 2, 2 ]', '\"strides\" : [ 2, 2, 1 ]', 'stage2.block0.conv1: expected stride [1, 1] but was [2, 2]'",
    "'\"epsilon\" : 1.0E-5', '\"epsilon\" : 0.001', 'stem.bn1: expected \u03b5 0.001 but was 1.0E-5'"
  })
  void descriptionThatContradictsTheNetworkIsRefusedByVertexAndField(
      String part, String other, String difference) throws IOException {
    Path file = described(part, other);

    assertThatThrownBy(() -> Models.open(file))
        .isInstanceOf(IOException.class)
        .hasMessage(
            file
                + ": expected the network of resnet8, as resnet4j-model.json describes it, but it differs at "
                + difference
                + "; name the architecture that it was made from, or save it again");
    assertThat(Models.open(file, LoadOptions.of(SMALL)).architecture()).isEqualTo(SMALL);
  }

  @Test
  void namedArchitectureTakesTheEpsilonOfTheZip() throws IOException {
    Architecture keras = SMALL.with(arch -> arch.epsilon(1.001e-5));
    Path file = saved(Models.create(keras, 1));

    assertThat(Models.open(file, LoadOptions.of(SMALL)).architecture()).isEqualTo(keras);
    assertThatThrownBy(
            () -> Models.open(file, LoadOptions.of(SMALL.with(arch -> arch.strides(2, 2, 1)))))
        .hasMessageContaining(
            ": expected the network of resnet8 but it differs at stage2.block0.conv1: expected stride [1, 1] but was [2, 2]; ");
  }

  /** The parameters do not depend on the size of the images. */
  @Test
  void resizedModelIsReadBack() throws IOException {
    Model resized = MODEL.resized(new Shape(3, 32, 48));

    assertThat(Models.open(saved(resized)).architecture()).isEqualTo(resized.architecture());
  }

  @Test
  void whatDoesNotExistIsSaidToBeMissing() {
    assertThatThrownBy(() -> Models.open(Path.of("runs/none")))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessage("runs/none: there is no such file or folder");
  }

  @Test
  void downloadIsAllowedByOneOrTrue() {
    assertThat(WeightStore.isAllowed("1")).isTrue();
    assertThat(WeightStore.isAllowed("TRUE")).isTrue();
    assertThat(WeightStore.isAllowed("0")).isFalse();
    assertThat(WeightStore.isAllowed(null)).isFalse();
  }

  @Test
  void zipFromElsewhereSaysHowManyClassesItsArchitectureHas() throws IOException {
    Path zip = folder.resolve("elsewhere.zip");
    Architecture five = Architectures.byName("resnet20_cifar").with(arch -> arch.classes(5));
    ModelSerializer.writeModel(Models.create(five).network(), zip.toFile(), false);

    Model model = Models.open(zip, LoadOptions.of("resnet20_cifar"));
    assertThat(requireNonNull(model.architecture()).classes()).isEqualTo(5);
    assertThatThrownBy(
            () ->
                Models.open(zip, LoadOptions.of("resnet20_cifar").change(arch -> arch.classes(7))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("parameters of resnet20_cifar but there are");
  }
}
