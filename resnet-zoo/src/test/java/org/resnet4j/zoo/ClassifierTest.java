package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Shape;
import org.resnet4j.fetch.Checksum;
import org.resnet4j.image.Fit;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFiles;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.support.Digest;

final class ClassifierTest {
  private static final List<String> CIFAR = Labels.CIFAR_10.names();

  @TempDir Path folder;

  private final ComputationGraph network = Models.create("resnet20_cifar").network();

  @Test
  void publishedWeightsAreVerifiedReadAndClassifyAFile() throws Exception {
    Path file = saved();
    PretrainedWeights weights =
        TestPretrainedWeights.weights("weights.zip", Checksum.sha256(Digest.sha256(file)));

    Model model = Models.published(weights, file, LoadOptions.strict());

    assertThat(model.classes().names()).isEqualTo(CIFAR);
    assertThat(model.architecture()).isEqualTo(weights.architectureSpec());
    try (Classifier classifier = Classifier.of(model)) {
      List<Prediction> predictions = classifier.top(image(), 3);
      assertAnswers(predictions, 3, model.pipeline());
    }
  }

  @Test
  void predictionsEqualStockDeeplearning4j() throws IOException {
    Model model = open(saved()).with(ClassNames.of(CIFAR));
    try (Classifier classifier = Classifier.of(model)) {
      assertAnswers(classifier.top(image(), 10), 10, stretch());
      assertAnswers(classifier.top(image(), 99), 10, stretch());
    }
    try (Classifier stock = Classifier.on(model, network::outputSingle)) {
      assertAnswers(stock.top(image(), 1), 1, stretch());
    }
  }

  private void assertAnswers(List<Prediction> predictions, int count, ImagePipeline pipeline)
      throws IOException {
    INDArray expected =
        network.outputSingle(pipeline.batch(List.of(pipeline.prepare(ImageFiles.read(image())))));
    assertThat(predictions).hasSize(count);
    for (int i = 0; i < count; i++) {
      Prediction prediction = predictions.get(i);
      assertThat(prediction.label()).isEqualTo(CIFAR.get(prediction.index()));
      assertThat(prediction.probability())
          .isCloseTo(expected.getDouble(0, prediction.index()), within(1e-5));
      if (i > 0) {
        assertThat(prediction.probability())
            .isLessThanOrEqualTo(predictions.get(i - 1).probability());
      }
    }
    assertThat(predictions.get(0).index()).isEqualTo(expected.argMax(1).getInt(0));
  }

  @Test
  void manyThreadsGetThePredictionsOfOneThread() throws Exception {
    Image[] images = {image(1), image(2), image(3), image(4)};
    try (Classifier classifier = Classifier.of(open(saved()).with(ClassNames.of(CIFAR)))) {
      List<List<Prediction>> alone =
          Stream.of(images).map(image -> top(classifier, image)).toList();
      ExecutorService threads = Executors.newFixedThreadPool(8);
      try {
        List<Future<List<Prediction>>> together =
            threads.invokeAll(
                IntStream.range(0, 40)
                    .<Callable<List<Prediction>>>mapToObj(
                        i -> () -> classifier.top(images[i % 4], 10))
                    .toList());
        for (int i = 0; i < together.size(); i++) {
          assertThat(together.get(i).get()).isEqualTo(alone.get(i % 4));
        }
      } finally {
        threads.shutdownNow();
      }
      List<List<Prediction>> batch = classifier.top(List.of(images), 1);
      assertThat(batch)
          .extracting(predictions -> predictions.get(0).index())
          .isEqualTo(alone.stream().map(predictions -> predictions.get(0).index()).toList());
    }
  }

  /** More images than are in a batch, in every form, with the answers of each alone. */
  @Test
  void longListsOfAnyFormGetTheAnswersOfEachImage() throws IOException {
    List<Object> images = new ArrayList<>();
    byte[] encoded = Files.readAllBytes(image());
    for (int i = 0; i < 2 * ImageInput.BATCH + 5; i++) {
      images.add(
          switch (i % 5) {
            case 0 -> image();
            case 1 -> encoded;
            case 2 -> new ByteArrayInputStream(encoded);
            case 3 -> ImageIO.read(image().toFile());
            default -> image(i);
          });
    }
    Model model = Models.open(saved(), LoadOptions.of("resnet20_cifar"));
    try (Classifier classifier = Classifier.of(model);
        FeatureExtractor features = FeatureExtractor.of(model, "C2", "pool")) {
      List<List<Prediction>> together = classifier.top(images, 10);
      assertThat(together).hasSize(images.size());
      Map<String, INDArray> all = features.all(images.stream().map(ClassifierTest::again).toList());
      assertThat(all.keySet()).containsExactly("C2", "pool");
      for (int i = 0; i < images.size(); i++) {
        Object image = again(images.get(i));
        Prediction alone = classifier.top(List.of(image), 1).get(0).get(0);
        assertThat(together.get(i).get(0).index()).as("image %s", i).isEqualTo(alone.index());
        assertThat(together.get(i).get(0).probability())
            .isCloseTo(alone.probability(), within(1e-6));
        INDArray embedding = Objects.requireNonNull(all.get("pool")).getRow(i);
        assertThat(embedding.sub(pooled(features, again(image))).amaxNumber().doubleValue())
            .isLessThan(1e-5);
      }
      List<Object> damaged = List.of(encoded, encoded, "text".getBytes(StandardCharsets.UTF_8));
      assertThatIOException()
          .isThrownBy(() -> classifier.top(damaged, 1))
          .withMessageStartingWith("image 2: ");
    }
  }

  @Test
  void missingImageOfAListIsRefusedByItsNumber() throws IOException {
    List<Object> images = new ArrayList<>(Collections.nCopies(57, image()));
    images.add(null);
    try (Classifier classifier = Classifier.of(open(saved()))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> classifier.top(images, 1))
          .withMessage(
              "image 57: expected a Path, byte[], InputStream, BufferedImage or Image but was null");
    }
  }

  private static INDArray pooled(FeatureExtractor features, Object image) {
    try {
      return Objects.requireNonNull(features.all(List.of(image)).get("pool")).getRow(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the image, or the bytes of one whose stream has been read. */
  private static Object again(Object image) {
    return image instanceof InputStream ? image() : image;
  }

  @Test
  void classesWithoutNamesAreNumbered() throws IOException {
    try (Classifier classifier = Classifier.of(open(saved()))) {
      assertThat(classifier.top(image(), 1).get(0).label()).matches("class \\d");
    }
  }

  @Test
  void wrongNumberOfClassNamesIsRefused() throws IOException {
    try (Classifier classifier =
        Classifier.of(open(saved()).with(ClassNames.of(List.of("cat", "dog"))))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> classifier.top(image(), 1))
          .withMessageEndingWith(
              ": expected one label an output but there are 2 for 10; give one label for each output");
    }
  }

  @Test
  void zipWithoutItsPreprocessingIsRefused() throws IOException {
    Path file = saved();
    assertThatThrownBy(() -> Models.open(file))
        .isInstanceOf(UnknownPipelineException.class)
        .hasMessageContaining("expected a model zip that says how its images are prepared");
  }

  @Test
  void fileOfAnotherNetworkIsRefused() throws IOException {
    Path file = saved();
    assertThatThrownBy(() -> Models.open(file, LoadOptions.of("resnet32_cifar")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("parameters of resnet32_cifar but there are");
    assertThat(Models.open(file, LoadOptions.of("resnet20_cifar")).classes().names())
        .contains("class 9");
  }

  /** The reference is stock Deeplearning4j's activations of the whole graph. */
  @ParameterizedTest
  @CsvSource({
    "pool, head.pool",
    "C2, stage0.block2.relu",
    "C4, stage2.block2.relu",
    "stage1.block0.conv2, stage1.block0.conv2"
  })
  void featuresEqualTheActivationsOfTheWholeNetwork(String place, String vertex)
      throws IOException {
    Model model = Models.open(saved(), LoadOptions.of("resnet20_cifar"));
    ImagePipeline pipeline = model.pipeline();
    INDArray expected =
        Objects.requireNonNull(
            network
                .feedForward(
                    pipeline.batch(List.of(pipeline.prepare(ImageFiles.read(image())))), false)
                .get(vertex));

    try (FeatureExtractor features = FeatureExtractor.of(model, place)) {
      INDArray actual = features.of(image());
      assertThat(actual.shape()).isEqualTo(expected.shape());
      assertThat(actual.sub(expected).amaxNumber().doubleValue())
          .isLessThan(1e-5 * Math.max(1, expected.amaxNumber().doubleValue()));
    }
    ComputationGraph cut = FeatureExtractor.graph(model, place);
    assertThat(cut.getConfiguration().getNetworkOutputs()).containsExactly(vertex);
    assertThat(cut.numParams()).isLessThan(network.numParams());
  }

  @Test
  void unknownFeatureLayerIsRefusedWithTheKnownOnes() throws IOException {
    Model model = Models.open(saved(), LoadOptions.of("resnet20_cifar"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FeatureExtractor.of(model, "C5"))
        .withMessageEndingWith("expected one of its 3 stages, C2 to C4, but was \"C5\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FeatureExtractor.of(model, "nowhere"))
        .withMessageContaining("expected pool, C2 to C5 or a vertex but was \"nowhere\"");
    Model unknown = open(saved());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FeatureExtractor.of(unknown, "pool"))
        .withMessageContaining("does not name its architecture");
  }

  private static Model open(Path file) throws IOException {
    return Models.open(file, LoadOptions.strict().pipeline(stretch()));
  }

  private static List<Prediction> top(Classifier classifier, Image image) {
    try {
      return classifier.top(image, 10);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ImagePipeline stretch() {
    return ImagePipeline.of(
        new Shape(3, 32, 32),
        Fit.stretch(Interpolation.BILINEAR),
        Normalization.rgb(List.of(0.4914, 0.4822, 0.4465), List.of(0.2470, 0.2435, 0.2616)));
  }

  private Path saved() throws IOException {
    Path file = folder.resolve("weights.zip");
    if (!Files.exists(file)) {
      ModelSerializer.writeModel(network, file.toFile(), false);
    }
    return file;
  }

  private static Path image() {
    try {
      return Path.of(ClassifierTest.class.getResource("wide.png").toURI());
    } catch (java.net.URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static Image image(int seed) {
    byte[] pixels = new byte[3 * 20 * 30];
    new java.util.Random(seed).nextBytes(pixels);
    return new Image(new Shape(3, 20, 30), pixels);
  }
}
