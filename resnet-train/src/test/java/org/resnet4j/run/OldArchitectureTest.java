package org.resnet4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Init;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.image.Augmentations;
import org.resnet4j.image.HorizontalFlip;
import org.resnet4j.image.RandomCrop;
import org.resnet4j.training.Checkpoint;
import org.resnet4j.training.Toy;
import org.resnet4j.training.Training;
import org.resnet4j.zoo.Models;

/**
 * Files written before architectures had parts are read: each architecture that existed, and the
 * folder of a run of {@link Toy} that was stopped after two of four epochs.
 */
class OldArchitectureTest {
  private static final String RUN = "run-of-nineteen-fields.json";

  @TempDir Path folder;

  static Stream<String> architectures() throws IOException {
    return resource("architectures-of-nineteen-fields.jsonl").lines();
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void everyOldArchitectureIsReadAsTheCurrentOneOfItsName(String json) throws IOException {
    Architecture read = architecture(json);

    assertThat(json).contains("\"name\":\"" + read.name().replaceFirst(" .*", "") + "\"");
    // resnet8 has other strides and another stem since, those of d2l.ai other initial weights.
    if (!json.contains("\"stem\":\"DENSE\"") && !read.name().equals("resnet8")) {
      assertThat(read)
          .isEqualTo(Architectures.byName(read.name()).with(arch -> arch.init(Init.USUAL)));
    }
  }

  @Test
  void oldDenseNetworkWithAReluInItsStemIsReadUnderAnotherName() throws IOException {
    String mlp =
        architectures().filter(json -> json.contains("residual_mlp")).findFirst().orElseThrow();

    assertThat(architecture(mlp))
        .isEqualTo(
            Architectures.byName("residual_mlp")
                .with(arch -> arch.name("residual_mlp with a ReLU in its stem")));
  }

  @Test
  void oldLastGammaOfZeroIsReadAsZeroInitResidual() throws IOException {
    String json = architectures().findFirst().orElseThrow();

    assertThat(architecture(json.replace("\"lastGamma\":\"ONE\"", "\"lastGamma\":\"ZERO\"")))
        .isEqualTo(
            Architectures.byName("resnet18").with(arch -> arch.init(Init.ZERO_INIT_RESIDUAL)));
  }

  @Test
  void oldRunRecordIsRead() throws IOException {
    RunRecord record = RunRecord.parse(RUN, bytes(RUN));

    assertThat(record.setup()).isEqualTo(Toy.setup(Toy.RECIPE, 3));
    assertThat(record.epochs()).hasSize(2);
    // The record is now written in the new form, which is read again.
    assertThat(RunRecord.parse(RUN, record.toJson().getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(record);
  }

  @Test
  void oldChannelStatisticsAreReadWithTheirStds() throws IOException {
    String run =
        resource(RUN)
            .replace("\"no data\"", "\"all pixels of 40 images, population deviation\"")
            .replace("\"deviation\" : [ 1.0 ]", "\"deviation\" : [ 0.25 ]");

    RunRecord record = RunRecord.parse(RUN, run.getBytes(StandardCharsets.UTF_8));

    assertThat(record.setup().stats())
        .isEqualTo(
            new ChannelStats(
                "none", "all pixels of 40 images, population std", List.of(0.0), List.of(0.25)));
  }

  /**
   * The second half of the run is computed here, perhaps on another CPU, which rounds differently.
   */
  @Test
  void oldCheckpointResumesToTheResultOfAnUninterruptedRun() throws IOException {
    Files.write(folder.resolve(Training.MODEL), bytes("model-of-nineteen-fields.zip"));
    RunSetup setup = Toy.setup(Toy.RECIPE, 3);

    Training.Result resumed = Toy.training(setup).start(Training.Start.RESUME).run(folder);

    Training.Result whole = Toy.training(setup).run(folder.resolve("whole"));
    assertThat(resumed.record().epochs()).hasSize(4);
    assertThat(resumed.graph().params().sub(whole.graph().params()).amaxNumber().doubleValue())
        .isCloseTo(0, within(1e-3));
  }

  @Test
  void oldNamesOfAugmentationsAreRead() throws IOException {
    String old =
        resource(RUN)
            .replace(
                "\"augmentations\" : [ ]",
                "\"augmentations\" : [\"CROP_PADDING_4\", \"HORIZONTAL_FLIP\"]");

    assertThat(
            RunRecord.parse(RUN, old.getBytes(StandardCharsets.UTF_8))
                .setup()
                .recipe()
                .augmentations())
        .isEqualTo(Augmentations.of(new RandomCrop(4), new HorizontalFlip()));
    byte[] unknown = old.replace("_4", "_5").getBytes(StandardCharsets.UTF_8);
    assertThatIOException()
        .isThrownBy(() -> RunRecord.parse(RUN, unknown))
        .withMessageContaining("augmentations: expected an object but was [\"CROP_PADDING_5");
  }

  /** Its architecture is that of its run record, which is compared with the network. */
  @Test
  void oldCheckpointIsOpenedAsAModel() throws IOException {
    Path file = Files.write(folder.resolve(Training.MODEL), bytes("model-of-nineteen-fields.zip"));

    assertThat(Models.open(file).architecture())
        .isEqualTo(Checkpoint.record(file).setup().architecture());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "stemWidth" : 4      | "stemWidth" : 0         | expected convolutions of 1 to
          "depths" : [ 1, 1 ]  | "depths" : [ 1, null ]  | architecture
          "lastGamma" : "ONE", | ''                      | it lacks "lastGamma"
          "stem" : "CIFAR"     | "stem" : "SQUARE"       | SQUARE
          """)
  void invalidArchitectureIsRefusedWithTheReason(String good, String bad, String reason)
      throws IOException {
    byte[] damaged = resource(RUN).replace(good, bad).getBytes(StandardCharsets.UTF_8);

    assertThatIOException()
        .isThrownBy(() -> RunRecord.parse(RUN, damaged))
        .withMessageStartingWith(RUN + ": expected the record of a run but: ")
        .withMessageContaining(reason);
  }

  private static Architecture architecture(String json) throws IOException {
    String run = resource(RUN);
    int start = run.indexOf("{", run.indexOf("\"architecture\""));
    int end = run.indexOf("\"recipe\"");
    String other =
        run.substring(0, start)
            + json
            + ","
            + run.substring(end).replaceFirst("\"classes\" : \\[[^]]*]", classes(json));
    return RunRecord.parse(RUN, other.getBytes(StandardCharsets.UTF_8)).setup().architecture();
  }

  /** Returns class names for the classes of the architecture. */
  private static String classes(String json) {
    int count = Integer.parseInt(json.replaceFirst(".*\"classes\":(\\d+).*", "$1"));
    return "\"classes\" : [ \"c" + "\", \"c".repeat(count - 1) + "\" ]";
  }

  private static String resource(String name) throws IOException {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  static byte[] bytes(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(OldArchitectureTest.class.getResourceAsStream(name), name)) {
      return in.readAllBytes();
    }
  }
}
