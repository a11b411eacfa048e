package org.resnet4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.resnet4j.arch.Shape;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.Whitening;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;
import org.resnet4j.run.Tuning;
import org.resnet4j.zoo.Provenance;

/** Filters equal those that PyTorch computes as airbench does, up to signs, and stay frozen. */
final class WhitenedStemTest {
  private static final double EPSILON = 5e-4;

  /** Of sums of 100 products in double precision, in another order. */
  private static final double ROUNDING = 1e-9;

  private static final int FILTERS = 18;
  private static final Recipe RECIPE =
      Toy.RECIPE.with(next -> next.whitening(new Whitening(16, EPSILON)));
  private static final RunSetup SETUP = setup(RECIPE, 20);

  @TempDir Path folder;

  static Stream<JsonNode> cases() throws IOException {
    try (InputStream in = WhitenedStemTest.class.getResourceAsStream("whitening.json")) {
      JsonNode all = new ObjectMapper().readTree(Objects.requireNonNull(in, "whitening.json"));
      return StreamSupport.stream(all.spliterator(), false);
    }
  }

  private static double[] vector(JsonNode numbers) {
    return StreamSupport.stream(numbers.spliterator(), false)
        .mapToDouble(JsonNode::doubleValue)
        .toArray();
  }

  /** Returns the covariance of the images that the script's formula gives. */
  private static PatchCovariance covariance(JsonNode golden) {
    int[] sizes =
        Arrays.stream(vector(golden.get("images"))).mapToInt(size -> (int) size).toArray();
    Shape shape = new Shape(sizes[1], sizes[2], sizes[3]);
    PatchCovariance covariance =
        new PatchCovariance(
            shape, golden.get("kernel").intValue(), golden.get("stride").intValue());
    for (int n = 0; n < sizes[0]; n++) {
      float[] image = new float[(int) shape.size()];
      for (int i = 0; i < image.length; i++) {
        int x = i % sizes[3];
        int y = i / sizes[3] % sizes[2];
        int c = i / sizes[3] / sizes[2];
        int value = n * n * 31 + c * 71 + y * 37 + x * x * 13 + n * x * y * 7 + c * y * y * 11;
        image[i] = value % 256 / 256f - 0.5f;
      }
      covariance.add(image);
    }
    return covariance;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void filtersEqualThoseOfPyTorchUpToTheirSigns(JsonNode golden) {
    double[][] filters = covariance(golden).filters(EPSILON);
    int half = filters.length / 2;
    assertThat(half).isEqualTo(golden.get("filters").size());
    for (int i = 0; i < half; i++) {
      double[] expected = vector(golden.get("filters").get(i));
      double[] actual = filters[i];
      double dot =
          Nd4j.createFromArray(actual)
              .mul(Nd4j.createFromArray(expected))
              .sumNumber()
              .doubleValue();
      double sign = Math.signum(dot);
      for (int j = 0; j < expected.length; j++) {
        assertThat(actual[j]).isCloseTo(sign * expected[j], within(ROUNDING));
        assertThat(filters[half + i][j]).isEqualTo(-actual[j]);
      }
    }
  }

  /** It is λ / (λ + ε) on the diagonal and 0 elsewhere: the identity but for ε. */
  @ParameterizedTest
  @MethodSource("cases")
  void responsesToThePatchesAreWhite(JsonNode golden) {
    PatchCovariance covariance = covariance(golden);
    double[][] filters = covariance.filters(EPSILON);
    INDArray rows = Nd4j.createFromArray(Arrays.copyOf(filters, filters.length / 2));
    INDArray white = rows.mmul(covariance.mean()).mmul(rows.transpose());
    double[] eigenvalues = vector(golden.get("eigenvalues"));
    double[] shares = Arrays.stream(eigenvalues).map(value -> value / (value + EPSILON)).toArray();
    INDArray expected = Nd4j.diag(Nd4j.createFromArray(shares));
    assertThat(white.sub(expected).amaxNumber().doubleValue()).isLessThan(ROUNDING);
    // The smallest eigenvalues are above 0.014.
    assertThat(white.sub(Nd4j.eye(rows.rows())).amaxNumber().doubleValue()).isLessThan(0.04);
  }

  private static RunSetup setup(Recipe recipe, int width) {
    RunSetup toy = Toy.setup(recipe, 3);
    return new RunSetup(
        Toy.NET.with(arch -> arch.stemWidth(width).widths(width, 24)),
        recipe,
        3,
        toy.training(),
        toy.test(),
        Toy.CLASSES,
        Toy.STATS);
  }

  private static Training training(RunSetup setup) throws IOException {
    return Toy.training(setup).images(new Toy.Squares(40, 1), Toy.pipeline(setup));
  }

  private static INDArray stem(ComputationGraph graph) {
    return graph.getLayer("stem.conv1").getParam("W");
  }

  private static INDArray expectedFilters() throws IOException {
    PatchCovariance covariance = new PatchCovariance(new Shape(1, 8, 8), 3, 1);
    for (int i = 0; i < 16; i++) {
      covariance.add(Toy.pipeline(SETUP).prepare(new Toy.Squares(40, 1).read(i * 40 / 16)));
    }
    return Nd4j.createFromArray(covariance.filters(EPSILON)).reshape(FILTERS, 1, 3, 3);
  }

  @Test
  void firstConvolutionKeepsTheFiltersAndTheRestIsTrained() throws IOException {
    Training.Result first = training(setup(RECIPE.lasting(1), 20)).run(folder.resolve("one"));
    Training.Result result = training(SETUP).run(folder.resolve("four"));

    INDArray weights = stem(result.graph());
    INDArray filters = weights.get(NDArrayIndex.interval(0, FILTERS));
    // Single precision has 2^-24 of a filter's values, which are below 45, 1/√ε.
    assertThat(filters.castTo(expectedFilters().dataType()).sub(expectedFilters()).amaxNumber())
        .satisfies(most -> assertThat(most.doubleValue()).isLessThan(45 * 0x1p-24));
    assertThat(weights).isEqualTo(stem(first.graph()));
    assertThat(result.graph().getLayer("stem.bn1").getParam("beta"))
        .isNotEqualTo(Nd4j.zeros(1, 20));
    assertThat(result.test().result().accuracy()).isGreaterThan(0.9);
    assertThat(stem(Checkpoint.graph(folder.resolve("four/model.zip")))).isEqualTo(weights);
    assertThat(RunRecord.read(folder.resolve("four/run.json")).setup().recipe().whitening())
        .isEqualTo(new Whitening(16, EPSILON));
  }

  @Test
  void killedAndResumedRunEndsBitForBitEqual() throws IOException {
    Training.Result straight = training(SETUP).run(folder.resolve("straight"));
    Path killed = folder.resolve("killed");
    assertThatThrownBy(() -> training(SETUP).progress(new TrainingTest.KilledIn(3)).run(killed))
        .isInstanceOf(TrainingTest.Killed.class);
    Training.Result resumed = training(SETUP).start(Training.Start.RESUME).run(killed);
    TrainingTest.assertSameBits(resumed.graph(), straight.graph());
    assertThat(resumed.record()).isEqualTo(straight.record());
  }

  /** A resumed run of more epochs has another schedule of every layer that is trained. */
  @Test
  void longerRunKeepsTheFilters() throws IOException {
    RunSetup shorter = setup(RECIPE.until(2), 20);
    INDArray before = stem(training(shorter).run(folder).graph()).dup();
    Training.Result longer = training(SETUP).start(Training.Start.RESUME).run(folder);
    assertThat(longer.record().epochs()).hasSize(4);
    assertThat(stem(longer.graph())).isEqualTo(before);
  }

  /** Rounding of single precision, in layers of different code. */
  @Test
  void engineTrainsTheSameNetwork() throws IOException {
    Recipe recipe = RECIPE.lasting(1);
    RunSetup setup =
        new RunSetup(
            Toy.NET.with(arch -> arch.stemWidth(20).widths(20, 24).dropout(0)),
            recipe,
            3,
            SETUP.training(),
            SETUP.test(),
            Toy.CLASSES,
            Toy.STATS);
    INDArray stock = training(setup).run(folder.resolve("stock")).graph().params();
    INDArray engine =
        training(setup)
            .engine(graph -> OneDnn.accelerate(graph, CompileOptions.training()))
            .run(folder.resolve("engine"))
            .graph()
            .params();
    assertThat(engine.sub(stock).amaxNumber().doubleValue()).isLessThan(1e-3);
  }

  @Test
  void unsuitedArchitecturesAndRunsAreRefused() {
    assertThatThrownBy(() -> training(setup(RECIPE, 16)).run(folder))
        .hasMessage(
            "whitening: expected a first convolution of at least 18 channels, two for each of 1x3x3 pixels of a patch, but that of toy has 16; widen the stem, or set whitening.images=0");
    assertThatThrownBy(() -> Toy.training(SETUP).run(folder))
        .hasMessage(
            "whitening: expected training images but there are batches alone; train by a Trainer, or set whitening.images=0");
    assertThatThrownBy(() -> new PatchCovariance(new Shape(3, 4, 2), 3, 1))
        .hasMessage(
            "whitening: expected images of at least 3x3 pixels, one patch of the first convolution, but they are 3x4x2; set whitening.images=0");
    Tuning tuning = new Tuning("some.model", "", Provenance.NONE, false, null, 0, Map.of());
    assertThatThrownBy(
            () ->
                new RunSetup(
                    SETUP.architecture(),
                    RECIPE,
                    3,
                    SETUP.training(),
                    SETUP.test(),
                    Toy.CLASSES,
                    Toy.STATS,
                    null,
                    tuning,
                    null,
                    false))
        .hasMessage(
            "whitening: expected none, because training starts from some.model, whose first convolution is kept, but there are 16 images for it; set whitening.images=0");
    assertThatThrownBy(() -> new Whitening(-1, EPSILON))
        .hasMessage("whitening: expected 0 or more images but was -1");
    assertThatThrownBy(() -> new Whitening(1, 0))
        .hasMessage("whitening: expected an epsilon of more than 0 but was 0.0");
  }
}
