package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.resnet4j.cli.CommandResult.resnet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.resnet4j.arch.Architectures;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.zoo.Models;

@Tag("locale")
class CommandLineTest {
  @TempDir Path folder;

  @Test
  void listPrintsEveryArchitectureWithItsPublishedCounts() throws IOException {
    JsonNode architectures = resnet("list", "--json").json();

    assertThat(architectures.findValuesAsText("name"))
        .contains("resnet50", "resnet20_cifar", "wrn_28_10");
    JsonNode resnet50 =
        StreamSupport.stream(architectures.spliterator(), false)
            .filter(one -> one.get("name").asText().equals("resnet50"))
            .findFirst()
            .orElseThrow();
    assertThat(resnet50.get("parameters").asLong()).isEqualTo(25_557_032);
    assertThat(resnet50.get("dl4jNumParams").asLong()).isEqualTo(25_610_152);
    assertThat(resnet("list").out()).contains("resnet152_v1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "0", "-3", "999999", "1025", "1,2", " ", "2x"})
  void invalidThreadCountIsRefusedInOneSentence(String setting) {
    assertThat(OpenMp.obstacle(setting))
        .isEqualTo(
            "OMP_NUM_THREADS="
                + setting
                + ": expected one whole number from 1 to 1024; leave it unset for one thread a"
                + " processor");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "16", "1024"})
  void validThreadCountIsAccepted(String setting) {
    assertThat(OpenMp.obstacle(setting)).isNull();
    assertThat(OpenMp.obstacle(null)).isNull();
  }

  @Test
  void summaryPrintsShapesAndCounts() throws IOException {
    JsonNode summary =
        resnet("summary", "resnet18", "--input", "3x96x96", "--classes", "10", "--json").json();

    assertThat(summary.get("parameters").asLong()).isEqualTo(11_689_512 - 990 * 513);
    assertThat(summary.get("stageShapes"))
        .hasToString("[[64,24,24],[128,12,12],[256,6,6],[512,3,3]]");
    assertThat(summary.get("macs").asLong()).isPositive();
    assertThat(resnet("summary", "resnet18").out()).contains("11,689,512");
  }

  /**
   * The expected shapes are those that d2l.ai prints for {@code Residual(3)} and {@code Residual(6,
   * …, strides=2)}.
   */
  @Test
  void summaryPrintsOneResidualBlockAlone() throws IOException {
    assertThat(resnet("summary", "residual_block", "--json").json().get("stageShapes"))
        .hasToString("[[3,6,6]]");
    JsonNode strided =
        resnet("summary", "residual_block", "--widths", "6", "--strides", "2", "--json").json();

    assertThat(strided.get("stageShapes")).hasToString("[[6,3,3]]");
    // Two 3x3 and one 1x1 convolution with biases, and two norms.
    assertThat(strided.get("parameters").asLong())
        .isEqualTo(27 * 6 + 6 + 54 * 6 + 6 + 3 * 6 + 6 + 2 * 2 * 6);
    assertThat(resnet("summary", "residual_block").out()).contains("stem none").contains("no head");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train|--resume|--out|nosuch",
        "evaluate|nosuch.zip|--data|fashion-mnist",
        "predict|--model|resnet18|--input|nosuch.npy|--output|y.npy",
        "predict|resnet18|--input|nosuch.npy|--output|y.npy"
      })
  void missingFilesPrintOneLineAndExitWithStatusOne(String arguments) {
    CommandResult answer = resnet(arguments.split("\\|"));

    assertThat(answer.status()).isEqualTo(1);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.err().strip()).startsWith("resnet: ").doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"summary", "train|--epochs|many", "nosuch", "summary|resnet18|--stem|x"})
  void wrongUsageExitsWithStatusTwo(String arguments) {
    assertThat(resnet(arguments.split("\\|")).status()).isEqualTo(2);
  }

  @Test
  void predictWritesTheLogitsOfTheNetwork() throws IOException {
    INDArray images = Nd4j.rand(3, 3, 16, 16);
    NpyFile.write(images, folder.resolve("x.npy"));

    CommandResult answer =
        resnet(
            "predict",
            "--fresh",
            "--model",
            "resnet20_cifar",
            "--seed",
            "5",
            "--batch",
            "2",
            "--input",
            folder.resolve("x.npy").toString(),
            "--output",
            folder.resolve("y.npy").toString());

    assertThat(answer.status()).as(answer.err()).isZero();
    INDArray logits = NpyFile.read(folder.resolve("y.npy"));
    INDArray expected =
        Models.create(Architectures.byName("resnet20_cifar").with(arch -> arch.input(3, 16, 16)), 5)
            .network()
            .outputSingle(images);
    assertThat(logits.shape()).containsExactly(3, 10);
    assertThat(Transforms.softmax(logits).sub(expected).amaxNumber().doubleValue())
        .isCloseTo(0, within(1e-6));
  }

  @Test
  void channelsLastAreConvertedOrRefused() throws IOException {
    INDArray images = images();
    NpyFile.write(images, folder.resolve("x.npy"));
    Path expected = folder.resolve("expected.npy");
    assertThat(predict(expected).status()).isZero();
    NpyFile.write(images.permute(0, 2, 3, 1).dup('c'), folder.resolve("x.npy"));
    Path output = folder.resolve("y.npy");

    CommandResult refused = predict(output);
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("looks like [N, H, W, C]; add --layout NHWC");
    assertThat(output).doesNotExist();
    assertThat(predict(output, "--layout", "nhwc").status()).isZero();
    assertThat(NpyFile.read(output)).isEqualTo(NpyFile.read(expected));
  }

  @ParameterizedTest
  @CsvSource({"auto, oneDNN 3.", "onednn, oneDNN 3.", "nd4j, Deeplearning4j in FP32"})
  void everyEnginePredictsTheSameLogits(String engine, String name) throws IOException {
    NpyFile.write(images(), folder.resolve("x.npy"));
    List<INDArray> logits = new ArrayList<>();
    for (String chosen : List.of("nd4j", engine)) {
      Path output = folder.resolve(chosen + ".npy");
      CommandResult answer = predict(output, "--engine", chosen);
      assertThat(answer.status()).as(answer.err()).isZero();
      assertThat(answer.err())
          .contains("computed by " + (chosen.equals(engine) ? name : "Deeplearning4j"));
      logits.add(NpyFile.read(output));
    }

    double largest = logits.get(0).amaxNumber().doubleValue();
    assertThat(logits.get(1).sub(logits.get(0)).amaxNumber().doubleValue() / largest)
        .isLessThan(1e-5);
  }

  @Test
  void predictIsExactByDefaultAndApproximateInBfloat16() throws IOException {
    assumeThat(OneDnn.environment().multipliesBfloat16())
        .as("a CPU with AVX512-BF16, and RESNET4J_MAX_ISA that allows it")
        .isTrue();
    NpyFile.write(images(), folder.resolve("x.npy"));
    Path exact = folder.resolve("exact.npy");
    Path near = folder.resolve("near.npy");
    Path automatic = folder.resolve("automatic.npy");
    assertThat(predict(exact).status()).isZero();
    assertThat(predict(near, "--precision", "bf16").status()).isZero();
    assertThat(predict(automatic, "--precision", "auto").status()).isZero();

    INDArray expected = NpyFile.read(exact);
    assertThat(NpyFile.read(near).sub(expected).amaxNumber().doubleValue())
        .isBetween(1e-6, 0.05 * expected.amaxNumber().doubleValue());
    assertThat(NpyFile.read(automatic))
        .isEqualTo(OneDnn.environment().fasterInBfloat16() ? NpyFile.read(near) : expected);
  }

  private static INDArray images() {
    INDArray images = Nd4j.create(3, 3, 16, 16);
    for (int i = 0; i < images.length(); i++) {
      images.putScalar(i, Math.sin(i));
    }
    return images;
  }

  private CommandResult predict(Path output, String... more) {
    return predict(
        "resnet20_cifar",
        output,
        Stream.concat(Stream.of("--fresh"), Stream.of(more)).toArray(String[]::new));
  }

  private CommandResult predict(String model, Path output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "predict",
                "--model",
                model,
                "--input",
                folder.resolve("x.npy").toString(),
                "--output",
                output.toString()));
    arguments.addAll(List.of(more));
    return resnet(arguments.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    "--engine|nd4j|--precision|bf16, computes in FP32 but the precision is BF16",
    "--engine|nd4j|--profile, measures the oneDNN engine's primitives"
  })
  void unsupportedEngineOptionsAreRefusedBeforeAnyFileIsWritten(String options, String because) {
    Path run = folder.resolve("run");
    List<String> arguments = new ArrayList<>(List.of("train", "--out", run.toString()));
    arguments.addAll(List.of(options.split("\\|")));
    CommandResult answer = resnet(arguments.toArray(String[]::new));

    assertThat(answer.status()).isEqualTo(2);
    assertThat(answer.err().strip()).startsWith("resnet: ").contains(because).doesNotContain("\n");
    assertThat(run).doesNotExist();
  }

  @Test
  void unsupportedNetworkRunsOnDeeplearning4jOrIsRefused() throws IOException {
    Path model = folder.resolve("model.zip");
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("up", new Deconvolution2D.Builder(2, 2).nOut(3).build(), "in")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "up")
                .addLayer(
                    "out",
                    new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build(),
                    "pool")
                .setOutputs("out")
                .setInputTypes(InputType.convolutional(16, 16, 3))
                .build());
    network.init();
    ModelSerializer.writeModel(network, model.toFile(), false);
    NpyFile.write(images(), folder.resolve("x.npy"));
    Path output = folder.resolve("y.npy");

    CommandResult refused = predict(model.toString(), output, "--engine", "onednn");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err())
        .contains("vertex \"up\": Deconvolution2D is not supported by the oneDNN engine");
    assertThat(predict(model.toString(), output).status()).isZero();
    assertThat(NpyFile.read(output).shape()).containsExactly(3, 2);
  }

  private static boolean computesBfloat16() {
    return OneDnn.environment().instructionSet().contains("512");
  }

  @Test
  void trainReportsTheEngineAndATimeProfile() throws IOException {
    Path data = TwoClassImages.write(folder.resolve("data"));
    Path run = folder.resolve("run");
    String[] arguments = TwoClassImages.train(data, "--epochs 1 --input 1x16x16", run);
    CommandResult trained = resnet(with(arguments, "--profile", "--json"));
    assertThat(trained.status()).as(trained.err()).isZero();
    JsonNode document = trained.json();
    assertThat(document.at("/run/engine").asText()).startsWith("oneDNN 3.");
    assertThat(document.at("/run/setup/recipe/precision").asText()).isEqualTo("FP32");
    assertThat(document.at("/profile/trainingShare").asDouble()).isBetween(0.001, 1.0);
    assertThat(document.at("/profile/rows").findValuesAsText("work"))
        .contains("forward", "backward data", "backward weights");
    assertThat(Files.readString(run.resolve("report.html"))).contains("oneDNN 3.", "FP32");

    CommandResult table = resnet(with(arguments, "--profile", "--overwrite"));
    assertThat(table.err()).contains("inside oneDNN primitives: ", "stem.conv1");
    assertThat(table.err().lines().dropWhile(line -> !line.startsWith("layer")))
        .isNotEmpty()
        .allMatch(line -> line.length() <= 100);

    assertThat(resnet(with(arguments, "--resume", "--precision", "bf16")).err())
        .contains(
            computesBfloat16()
                ? "its recipe.precision was \"FP32\" and is now \"BF16\""
                : "BF16: the oneDNN engine computes it with AVX-512");
    // The engine is no part of the setup, so the run is complete.
    CommandResult other = resnet(with(arguments, "--resume", "--engine", "nd4j", "--json"));
    assertThat(other.status()).as(other.err()).isZero();
    String file = run.toString();
    CommandResult stock =
        resnet("evaluate", file, "--data", "folder:" + data, "--engine", "nd4j", "--json");
    CommandResult engine = resnet("evaluate", file, "--data", "folder:" + data, "--json");
    assertThat(stock.json().get("engine").asText()).isEqualTo("Deeplearning4j");
    assertThat(engine.json().get("engine").asText()).startsWith("oneDNN 3.");
    assertThat(engine.json().get("precision").asText()).isEqualTo("FP32");
    assertThat(engine.json().get("accuracy")).isEqualTo(stock.json().get("accuracy"));
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void trainWritesAModelThatEvaluateReadsAndResumeContinues() throws IOException {
    Path run = folder.resolve("run");
    List<String> train =
        List.of(
            "train",
            "--data",
            "fashion-mnist",
            "--depths",
            "1,1",
            "--widths",
            "4,8",
            "--stem-width",
            "4",
            "--images-per-class",
            "13",
            "--batch",
            "10",
            "--epochs",
            "2",
            "--evaluate-every",
            "0",
            "--out",
            run.toString(),
            "--json");
    // A folder of a hundred images replaces the test set, which would take minutes.
    Path data = TwoClassImages.write(folder.resolve("data"));
    String name = "folder:" + data;
    String[] arguments =
        train.stream().map(a -> a.equals("fashion-mnist") ? name : a).toArray(String[]::new);

    CommandResult trained = resnet(arguments);
    assertThat(trained.status()).as(trained.err()).isZero();
    double accuracy = trained.json().get("accuracy").asDouble();
    assertThat(Files.readString(run.resolve("report.html"))).contains("<svg").contains("</html>");
    assertThat(new ObjectMapper().readTree(run.resolve("run.json").toFile()).get("status").asText())
        .isEqualTo("FINISHED");

    CommandResult evaluated = resnet("evaluate", run.toString(), "--data", name, "--json");
    assertThat(evaluated.json().get("accuracy").asDouble()).isEqualTo(accuracy);
    assertThat(resnet("evaluate", run.resolve("model.zip").toString(), "--data", name).out())
        .contains("confusion");

    CommandResult again = resnet(arguments);
    assertThat(again.status()).isEqualTo(1);
    assertThat(again.err()).contains("there is a model; give --resume or --overwrite");
    CommandResult resumed = resnet("train", "--resume", "--out", run.toString(), "--json");
    assertThat(resumed.status()).as(resumed.err()).isZero();
    assertThat(resumed.json().get("accuracy").asDouble()).isEqualTo(accuracy);

    String[] everything =
        Stream.concat(Stream.of(arguments), Stream.of("--resume")).toArray(String[]::new);
    CommandResult repeated = resnet(everything);
    assertThat(repeated.status()).as(repeated.err()).isZero();
    assertThat(repeated.json().get("accuracy").asDouble()).isEqualTo(accuracy);
    CommandResult changed =
        resnet("train", "--resume", "--out", run.toString(), "--dropout", "0.5");
    assertThat(changed.status()).isEqualTo(1);
    assertThat(changed.err()).contains("its architecture.head.dropout was 0.0 and is now 0.5");
  }

  /** A folder of colour images is normalised with its own statistics by default. */
  @Test
  void trainNormalisesWithTheRequestedStatistics() throws IOException {
    Path run = folder.resolve("run");
    CommandResult trained =
        resnet(
            TwoClassImages.train(
                TwoClassImages.write(folder.resolve("data")),
                "--stats imagenet --epochs 1 --input 3x16x16 --json",
                run));

    assertThat(trained.status()).as(trained.err()).isZero();
    JsonNode setup = new ObjectMapper().readTree(run.resolve("run.json").toFile()).get("setup");
    assertThat(setup.at("/recipe/statistics").asText()).isEqualTo("imagenet");
    assertThat(setup.at("/stats/mean")).hasToString("[0.485,0.456,0.406]");

    CommandResult unknown = resnet("train", "--stats", "imagenett", "--out", run.toString());
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err()).contains("but was \"imagenett\"");
  }

  @Test
  void evaluateRefusesADatasetWithOtherClasses() throws IOException {
    Path run = folder.resolve("run");
    Path data = TwoClassImages.write(folder.resolve("data"));
    CommandResult trained =
        resnet(TwoClassImages.train(data, "--epochs 1 --input 1x16x16 --json", run));
    assertThat(trained.status()).as(trained.err()).isZero();
    Files.move(data.resolve("test/class0"), data.resolve("test/cats"));
    Files.move(data.resolve("train/class0"), data.resolve("train/cats"));

    CommandResult answer = resnet("evaluate", run.toString(), "--data", "folder:" + data);
    assertThat(answer.status()).isEqualTo(1);
    assertThat(answer.err())
        .contains("expected some of the model's 2 classes (class0, class1)")
        .contains("1 of 2 are none of them: cats;");
  }

  @Test
  void runKilledInItsFirstEpochResumesWithItsOwnSetup() throws IOException {
    Path run = folder.resolve("run");
    Path data = TwoClassImages.write(folder.resolve("data"));
    assertThat(
            resnet(
                    "train",
                    "--model",
                    "resnet20_cifar",
                    "--stem-width",
                    "4",
                    "--depths",
                    "1,1",
                    "--widths",
                    "4,8",
                    "--data",
                    "folder:" + data,
                    "--batch",
                    "10",
                    "--epochs",
                    "1",
                    "--input",
                    "3x16x16",
                    "--out",
                    run.toString(),
                    "--json")
                .status())
        .isZero();
    Files.delete(run.resolve("model.zip")); // as if the first epoch had not ended

    CommandResult resumed = resnet("train", "--resume", "--out", run.toString(), "--json");
    assertThat(resumed.status()).as(resumed.err()).isZero();
    assertThat(resumed.json().at("/run/setup/architecture/name").asText())
        .isEqualTo("resnet20_cifar");
    CommandResult nowhere = resnet("train", "--resume", "--out", folder.resolve("no").toString());
    assertThat(nowhere.err()).contains("there is neither model.zip nor run.json");
  }

  @Test
  void imagesOfAnySizeAreResizedToThePublishedInputOfASmallArchitecture() throws IOException {
    Path data = TwoClassImages.write(folder.resolve("data"));
    Path odd = data.resolve("train/class0/odd.png");
    ImageIO.write(new BufferedImage(40, 31, BufferedImage.TYPE_INT_RGB), "png", odd.toFile());
    String[] arguments = {
      "train",
      "--model",
      "resnet8",
      "--data",
      "folder:" + data,
      "--batch",
      "10",
      "--epochs",
      "1",
      "--out",
      folder.resolve("run").toString(),
      "--json"
    };

    CommandResult answer = resnet(arguments);
    assertThat(answer.status()).as(answer.err()).isZero();
    JsonNode input = answer.json().at("/run/setup/architecture/input");
    assertThat(input.get("channels").asInt()).isEqualTo(3);
    assertThat(input.get("height").asInt()).isEqualTo(32);
    assertThat(answer.json().at("/run/setup/recipe/name").asText()).isEqualTo("photos");
    assertThat(answer.err())
        .contains(
            "images    32x32 by stretch bilinear, RGB / 255.0, mean [0.485, 0.456, 0.406], std");
  }

  @Test
  void finishedRunContinuesForMoreEpochsWithItsClassWeights() throws IOException {
    Path data = TwoClassImages.write(folder.resolve("data"));
    Path run = folder.resolve("run");
    String[] first =
        TwoClassImages.train(data, "--model resnet8 --epochs 1 --class-weight class0=2", run);
    CommandResult trained = resnet(first);
    assertThat(trained.status()).as(trained.err()).isZero();
    assertThat(trained.err()).contains("balance   LOSS {class0=2.0, class1=1.0}");
    assertThat(trained.out())
        .contains("./resnet evaluate " + run.resolve("model.zip") + " --data folder:" + data)
        .contains("./resnet classify IMAGE --model " + run);

    CommandResult more =
        resnet(
            "train",
            "--resume",
            "--epochs",
            "3",
            "--patience",
            "5",
            "--out",
            run.toString(),
            "--json");
    assertThat(more.status()).as(more.err()).isZero();
    assertThat(more.json().at("/run/epochs").size()).isEqualTo(3);
    assertThat(more.json().at("/run/notes/0").asText()).contains("changed from 1 to 3");
    assertThat(more.json().at("/run/setup/recipe/classWeights/class0").asDouble()).isEqualTo(2);
    assertThat(Files.readAllLines(run.resolve("metrics.csv"))).hasSize(4);

    CommandResult fewer =
        resnet("train", "--resume", "--epochs", "2", "--out", run.toString(), "--json");
    assertThat(fewer.err()).contains("expected more epochs than the 3 that are done");
  }

  /** Runs the README's first command, whose measured accuracy was 0.91. */
  @Tag("slow")
  @Test
  void firstCommandOfTheReadmeLearnsFashionMnist() throws IOException {
    CommandResult answer = resnet("train", "--out", folder.resolve("first").toString(), "--json");

    assertThat(answer.status()).as(answer.err()).isZero();
    assertThat(answer.json().get("examples").asInt()).isEqualTo(10_000);
    assertThat(answer.json().get("accuracy").asDouble()).isGreaterThan(0.90);
  }

  @Test
  void doctorReportsNoProblemOnThisMachine() throws IOException {
    CommandResult answer = resnet("doctor", "--json");

    assertThat(answer.status()).isZero();
    JsonNode diagnosis = answer.json();
    assertThat(diagnosis.get("healthy").asBoolean()).isTrue();
    assertThat(diagnosis.at("/oneDnn/version").asText()).startsWith("3.");
    assertThat(diagnosis.at("/openMp/threads").asInt()).isPositive();
    assertThat(diagnosis.at("/openMp/runtimes")).as("sets of threads").hasSize(1);
    assertThat(diagnosis.get("container").fieldNames())
        .toIterable()
        .containsExactly("memory", "cpu");
    assertThat(diagnosis.get("selfChecks").findValuesAsText("what"))
        .anyMatch(what -> what.startsWith("oneDNN training step"))
        .anyMatch(what -> what.startsWith("oneDNN forward pass, logits in FP32"));
    assertThat(resnet("doctor").out())
        .contains("engine         oneDNN 3.")
        .containsPattern("container      (no memory limit|memory limit \\d+ MB, \\d+ MB free)");
  }

  @Test
  void datasetsListNamesEveryDataset() throws IOException {
    assertThat(resnet("datasets", "list", "--json").json().findValuesAsText("name"))
        .contains("fashion-mnist", "mnist", "cifar10", "cifar100", "folder");
  }

  @Test
  void passwordInAnAddressIsNotPrinted() {
    for (String from :
        List.of("http://ann:s3cret@a b/", "ftp://ann:s3cret@h/", "http://ann:s3cret@")) {
      for (String command : List.of("weights", "datasets")) {
        String name = command.equals("weights") ? "resnet18.tv_in1k_v1" : "mnist";
        CommandResult answer = resnet(command, "fetch", name, "--from", from);
        assertThat(answer.status()).isEqualTo(2);
        assertThat(answer.err())
            .contains("--from", "expected an address such as https://HOST/FOLDER/")
            .doesNotContain("s3cret");
      }
    }
  }
}
