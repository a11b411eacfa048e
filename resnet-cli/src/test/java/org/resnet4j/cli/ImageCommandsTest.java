package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.resnet4j.cli.CommandResult.resnet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.zoo.Models;

/**
 * The commands {@code classify}, {@code features} and {@code weights}, on a network that {@code
 * train} made.
 */
class ImageCommandsTest {
  @TempDir static Path shared;
  @TempDir Path folder;

  private static Path data;
  private static Path run;

  @BeforeAll
  static void trainToTellStripesApart() throws IOException {
    data = TwoClassImages.write(shared.resolve("data"));
    run = shared.resolve("run");
    CommandResult trained =
        resnet(
            TwoClassImages.train(
                data, "--model resnet8 --epochs 6 --lr 0.02 --input 3x24x24 --json", run));
    assertThat(trained.status()).as(trained.err()).isZero();
    assertThat(trained.json().get("accuracy").asDouble()).as("test accuracy").isEqualTo(1);
  }

  @Test
  void classifyNamesTheClassesOfATrainedModel() throws IOException {
    Path test = data.resolve("test");
    JsonNode document =
        resnet("classify", test.toString(), "--model", run.toString(), "--top", "1", "--json")
            .json();

    assertThat(document.get("images")).hasSize(50);
    assertThat(document.get("failures")).isEmpty();
    assertThat(document.get("engine").asText()).startsWith("oneDNN");
    for (JsonNode image : document.get("images")) {
      JsonNode prediction = image.at("/classes/0");
      String truth = image.get("file").asText().contains("class0") ? "class0" : "class1";
      assertThat(prediction.get("label").asText()).isEqualTo(truth);
      assertThat(prediction.get("index").asInt()).isEqualTo(truth.equals("class0") ? 0 : 1);
      assertThat(prediction.get("probability").asDouble()).isBetween(0.5, 1.0);
    }
  }

  @Test
  void everyEngineAndBatchSizePredictsTheSameClasses() throws IOException {
    String images = data.resolve("test/class1").toString();
    JsonNode one = classify(images, "--engine", "nd4j", "--batch", "1");
    JsonNode all = classify(images, "--engine", "onednn", "--batch", "7");

    assertThat(one.get("engine").asText()).isNotEqualTo(all.get("engine").asText());
    for (int i = 0; i < 25; i++) {
      for (String field : List.of("/file", "/classes/0/label")) {
        assertThat(one.get("images").get(i).at(field))
            .isEqualTo(all.get("images").get(i).at(field));
      }
      assertThat(one.get("images").get(i).at("/classes/0/probability").asDouble())
          .isCloseTo(
              all.get("images").get(i).at("/classes/0/probability").asDouble(), within(1e-5));
    }
  }

  private static JsonNode classify(String images, String... options) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("classify", images, "--model", run.toString(), "--json"));
    arguments.addAll(Arrays.asList(options));
    return resnet(arguments.toArray(String[]::new)).json();
  }

  @Test
  void unreadableImagesAreReportedAndTheOthersClassified() throws IOException {
    Path good = Files.copy(data.resolve("test/class0/1.png"), folder.resolve("good.png"));
    Path text = Files.writeString(folder.resolve("text.jpg"), "no image");
    Path cut = folder.resolve("cut.png");
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(good), 200));
    Path missing = folder.resolve("missing.png");

    CommandResult answer =
        resnet(
            "classify",
            text.toString(),
            cut.toString(),
            missing.toString(),
            good.toString(),
            "--model",
            run.toString(),
            "--batch",
            "1");

    assertThat(answer.status()).isEqualTo(1);
    assertThat(answer.out()).startsWith(good.toString()).contains("class0 (0)").contains("%");
    assertThat(answer.err().lines())
        .hasSize(3)
        .allMatch(line -> line.startsWith("resnet: " + folder))
        .anyMatch(line -> line.contains("missing.png: no such file"))
        .anyMatch(line -> line.contains("the file ends here"));
    JsonNode document =
        resnet("classify", text.toString(), good.toString(), "--model", run.toString(), "--json")
            .json();
    assertThat(document.get("images")).hasSize(1);
    assertThat(document.at("/failures/0/file").asText()).isEqualTo(text.toString());
    assertThat(document.at("/failures/0/reason").asText()).contains("expected a JPEG, PNG, BMP");
  }

  @Test
  void featuresAsCsvEqualThoseAsNpy() throws IOException {
    Path images = Files.createDirectories(folder.resolve("of, \"two\""));
    Files.copy(data.resolve("test/class0/1.png"), images.resolve("a.png"));
    Files.copy(data.resolve("test/class1/1.png"), images.resolve("b.png"));
    for (String name : List.of("y.csv", "y.npy")) {
      CommandResult answer =
          resnet(
              "features",
              images.toString(),
              "--model",
              run.toString(),
              "--output",
              folder.resolve(name).toString());
      assertThat(answer.status()).as(answer.err()).isZero();
    }

    INDArray features = NpyFile.read(folder.resolve("y.npy"));
    List<String> lines = Files.readAllLines(folder.resolve("y.csv"));
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("file,f0,f1,").endsWith(",f127");
    for (int i = 0; i < 2; i++) {
      String file =
          "\"" + images.resolve(i == 0 ? "a.png" : "b.png").toString().replace("\"", "\"\"");
      assertThat(lines.get(i + 1)).startsWith(file + "\",");
      String[] values = lines.get(i + 1).substring(file.length() + 2).split(",", -1);
      for (int j = 0; j < 128; j++) {
        assertThat(Float.parseFloat(values[j])).isEqualTo(features.getFloat(i, j));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"y.txt", "y.parquet", "y", "y.npy.gz"})
  void featuresRefuseOtherFormatsBeforeTheyReadImages(String name) {
    CommandResult answer =
        resnet("features", "none.png", "--model", run.toString(), "--output", name);
    assertThat(answer.status()).isEqualTo(2);
    assertThat(answer.err())
        .isEqualToIgnoringNewLines(
            "resnet: "
                + name
                + ": expected a file named .npy or .csv; choose the ending of the format; see"
                + " ./resnet features --help");
  }

  @Test
  void featuresOfALayerDoNotFitACsv() throws IOException {
    Path output = folder.resolve("c4.csv");
    String image = data.resolve("test/class0/0.png").toString();
    CommandResult answer =
        resnet(
            "features",
            image,
            "--at",
            "C4",
            "--model",
            run.toString(),
            "--output",
            output.toString());
    assertThat(answer.status()).isEqualTo(1);
    assertThat(answer.err())
        .contains(output + ": expected features [N, features] for a .csv but was");
    assertThat(output).doesNotExist();
  }

  @Test
  void patternsAndFoldersExpandToTheirImages() throws IOException {
    Files.writeString(Files.createDirectories(folder.resolve("in")).resolve("notes.txt"), "");
    Files.copy(data.resolve("test/class0/1.png"), folder.resolve("in/b.PNG"));
    Files.copy(data.resolve("test/class0/2.png"), folder.resolve("in/a.png"));
    Files.copy(data.resolve("test/class0/3.png"), folder.resolve(".hidden.png"));

    assertThat(ImagePaths.of(List.of(folder.toString())))
        .containsExactly(folder.resolve("in/a.png"), folder.resolve("in/b.PNG"));
    // It is refused by name, as alone.
    Path other = Files.writeString(folder.resolve("in/c.TIFF"), "II*");
    assertThat(ImagePaths.of(List.of(folder.toString()))).hasSize(3).contains(other);
    Files.delete(other);
    assertThat(ImagePaths.of(List.of(folder + "/*/a.*"))).hasSize(1);
    assertThat(ImagePaths.of(List.of(folder + "/**.{png,PNG}"))).hasSize(2);
    assertThat(resnet("classify", folder + "/*.jpg", "--model", run.toString()).err())
        .isEqualTo(
            "resnet: %s/*.jpg: expected JPEG, PNG, BMP, GIF or WebP images there but there are none%n"
                .formatted(folder));
  }

  @Test
  void everyLinkedFolderIsVisitedExactlyOnce() throws IOException {
    Path real = Files.createDirectories(folder.resolve("real"));
    Path photos = Files.createDirectories(folder.resolve("photos/deep"));
    Files.copy(data.resolve("test/class0/1.png"), real.resolve("a.png"));
    Files.createSymbolicLink(photos.resolve("linked"), real);
    Files.createSymbolicLink(real.resolve("loop"), folder.resolve("photos"));
    Path self = Files.createSymbolicLink(photos.resolve("self.png"), Path.of("self.png"));
    Path gone = Files.createSymbolicLink(photos.resolve("gone.png"), Path.of("nowhere"));

    assertThat(ImagePaths.of(List.of(folder.resolve("photos").toString())))
        .containsExactly(gone, photos.resolve("linked/a.png"), self);
    CommandResult answer =
        resnet("classify", folder.resolve("photos").toString(), "--model", run.toString());
    assertThat(answer.status()).isEqualTo(1);
    assertThat(answer.out()).startsWith(photos.resolve("linked/a.png").toString());
    assertThat(answer.err())
        .contains(gone + ": expected a link that can be followed but nowhere cannot be opened")
        .contains(self + ": expected a link that can be followed but self.png cannot be opened");
  }

  @Test
  void nameThatIsNeitherAFileNorAPatternIsRefusedInOneSentence() {
    for (String name : List.of("a{c.png", "x\u001b[31m.png")) {
      CommandResult answer = resnet("classify", name, "--model", run.toString());
      assertThat(answer.status()).isEqualTo(1);
      assertThat(answer.err())
          .contains(
              ": expected a file, or a pattern with pairs of [] and {}, but there is no such file");
    }
  }

  @Test
  void featuresWritesOneVectorPerReadableImage() throws IOException {
    Path output = folder.resolve("features.npy");
    Path text = Files.writeString(folder.resolve("text.jpg"), "no image");
    CommandResult answer =
        resnet(
            "features",
            text.toString(),
            data.resolve("test/class0").toString(),
            "--batch",
            "8",
            "--model",
            run.toString(),
            "--output",
            output.toString(),
            "--json");

    assertThat(answer.status()).isEqualTo(1);
    assertThat(answer.json().get("shape")).hasToString("[25,128]");
    assertThat(answer.json().get("files")).hasSize(25);
    assertThat(answer.json().get("failures")).hasSize(1);
    INDArray features = NpyFile.read(output);
    assertThat(features.shape()).containsExactly(25, 128);

    Path stage = folder.resolve("stage.npy");
    String image = data.resolve("test/class0/0.png").toString();
    answer =
        resnet(
            "features",
            image,
            "--at",
            "C4",
            "--model",
            run.toString(),
            "--output",
            stage.toString());
    assertThat(answer.status()).as(answer.err()).isZero();
    assertThat(answer.out().strip()).isEqualTo(image);
    INDArray mean = NpyFile.read(stage).mean(2, 3);
    assertThat(mean.shape()).containsExactly(1, 128);
    assertThat(mean.sub(features.getRow(0).reshape(1, 128)).amaxNumber().doubleValue())
        .as("the pooled embedding is the mean of the last stage")
        .isLessThan(1e-4);
  }

  @Test
  void zipWithoutARecordIsClassifiedWithTheGivenInputAndLabels() throws IOException {
    Path zip = folder.resolve("elsewhere.zip");
    ModelSerializer.writeModel(
        Models.create(Architectures.byName("resnet20_cifar").with(arch -> arch.classes(2)), 1)
            .network(),
        zip.toFile(),
        false);
    Path labels = Files.write(folder.resolve("labels.txt"), List.of("upright", "lying"));
    String image = data.resolve("test/class0/0.png").toString();

    assertThat(resnet("classify", image, "--model", zip.toString()).err())
        .contains("name the size of its input by --input");
    CommandResult answer =
        resnet(
            "classify",
            image,
            "--model",
            zip.toString(),
            "--input",
            "3x32x32",
            "--stats",
            "cifar10",
            "--labels",
            labels.toString());
    assertThat(answer.status()).as(answer.err()).isZero();
    assertThat(answer.out()).contains("upright (0)").contains("lying (1)");
  }

  /** The weights are finite but the outputs overflow, so that the file itself is accepted. */
  @ParameterizedTest
  @ValueSource(strings = {"onednn", "nd4j"})
  void nanOutputsAreRefusedInOneSentence(String engine) throws IOException {
    assumeThat(engine.equals("nd4j") || runsOnLinux()).isTrue();
    ComputationGraph network = Models.create(Architectures.byName("resnet20_cifar"), 1).network();
    network.getParam("stage1.block0.conv1_W").assign(3e38);
    network.getParam("stage1.block0.conv1_W").get(NDArrayIndex.point(0)).assign(-3e38);
    Path zip = folder.resolve("overflow.zip");
    ModelSerializer.writeModel(network, zip.toFile(), false);
    String image = data.resolve("test/class0/0.png").toString();
    Path array = folder.resolve("x.npy");
    NpyFile.write(BackendCheck.images(new Shape(3, 32, 32), 1), array);
    String output = folder.resolve("y.npy").toString();

    for (String[] command :
        new String[][] {
          {"classify", image, "--model", "resnet20_cifar", "--weights", zip.toString()},
          {
            "features",
            image,
            "--model",
            "resnet20_cifar",
            "--weights",
            zip.toString(),
            "--output",
            output
          },
          {"predict", "--model", zip.toString(), "--input", array.toString(), "--output", output}
        }) {
      List<String> arguments = new ArrayList<>(List.of(command));
      arguments.addAll(List.of("--engine", engine));
      CommandResult answer = resnet(arguments.toArray(String[]::new));
      assertThat(answer.status()).as(answer.out()).isEqualTo(1);
      assertThat(answer.out()).isEmpty();
      assertThat(answer.err())
          .contains("resnet: expected finite outputs of the network but there is NaN at [0, 0");
      assertThat(Path.of(output)).doesNotExist();
    }
    CommandResult verified = resnet("verify", "resnet20_cifar", "--weights", zip.toString());
    // In double precision, nothing overflows.
    assertThat(verified.status()).isEqualTo(1);
    assertThat(verified.out()).contains("DIFFERENT");
  }

  private static boolean runsOnLinux() {
    return System.getProperty("os.name").equals("Linux");
  }

  @Test
  void classifyReadsAWeightFileOfAnArchitecture() throws IOException {
    Path zip = folder.resolve("mine.zip");
    ModelSerializer.writeModel(Models.create("resnet20_cifar").network(), zip.toFile(), false);
    String image = data.resolve("test/class0/0.png").toString();

    CommandResult answer =
        resnet("classify", image, "--model", "resnet20_cifar", "--weights", zip.toString());
    assertThat(answer.status()).as(answer.err()).isZero();
    assertThat(answer.out()).contains("class ");
    answer =
        resnet(
            "classify", image, "--model", "resnet20_cifar.akamaster", "--weights", zip.toString());
    assertThat(answer.status()).isEqualTo(1);
    assertThat(answer.err()).contains("expected SHA-256 beginning 12fca82f but was ");
  }

  @ParameterizedTest
  @CsvSource({
    "2, classify|x.png|--model|resnet50.nosuch",
    "2, classify|x.png|--model|resnet26_v1",
    "2, classify|x.png|--model|resnet50.tv_in1k_v2|--input|3x32x32",
    "1, classify|x.png|--model|nosuch.zip",
    "2, classify|x.png|--model|resnet20_cifar|--top|0",
    "2, features|x.png|--model|resnet50.nosuch|--output|y.npy",
    "2, weights|fetch|resnet50.nosuch",
    "2, weights|verify|resnet50.nosuch"
  })
  void invalidArgumentsPrintOneLineAndMissingFilesAreFailures(int status, String arguments) {
    CommandResult answer = resnet(arguments.split("\\|"));

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.err().strip()).startsWith("resnet: ").doesNotContain("\n");
  }

  @Test
  void weightsListPrintsEveryDetailOfPretrainedWeights() throws IOException {
    JsonNode weights = resnet("weights", "list", "--json").json();
    assertThat(weights.findValuesAsText("name"))
        .contains("resnet50.tv_in1k_v2", "resnet50.a1_in1k", "resnet20_cifar.akamaster");
    JsonNode first = weights.get(0);
    assertThat(first.at("/name").asText()).isEqualTo("resnet18.tv_in1k_v1");
    assertThat(first.at("/accuracy/top1").asDouble()).isEqualTo(69.758);
    assertThat(first.at("/checksum").asText()).isEqualTo("f37072fd");
    assertThat(first.at("/preprocessing/fit/resize").asInt()).isEqualTo(256);
    assertThat(resnet("weights").out()).contains("resnet50.keras_in1k").contains("BSD-3-Clause");
    assertThat(resnet("list", "--json").json().findValues("weights"))
        .anyMatch(one -> one.toString().contains("resnet18.tv_in1k_v1"));
  }

  @Test
  void cachedWeightsAreVerified() throws IOException {
    String home = System.getProperty("user.home");
    try {
      System.setProperty("user.home", folder.toString());
      assertThat(resnet("weights", "verify").err()).contains("there are no weights in the cache");
      CommandResult missing =
          resnet("classify", "x.png", "--offline", "--model", "resnet20_cifar.akamaster");
      assertThat(missing.err()).contains("run ./resnet weights fetch resnet20_cifar.akamaster");
      Path wrong =
          folder.resolve(".cache/resnet4j/weights/resnet20_cifar.akamaster/resnet20-12fca82f.th");
      Files.createDirectories(wrong.getParent());
      Files.writeString(wrong, "not what it says");
      CommandResult verified = resnet("weights", "verify");
      assertThat(verified.status()).isEqualTo(1);
      assertThat(verified.err()).contains(wrong + ": expected SHA-256 beginning 12fca82f but was");
      assertThat(resnet("weights", "list", "--json").json().findValuesAsText("here"))
          .containsOnlyOnce("true");
    } finally {
      System.setProperty("user.home", home);
    }
  }
}
