package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.cli.CommandResult.resnet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Architectures;
import org.resnet4j.zoo.Models;

/** The {@code convert} command writes files from which the same weights are read. */
@Tag("locale")
class ConvertTest {
  @TempDir Path folder;

  private ComputationGraph network;
  private Path zip;

  @BeforeEach
  void save() throws IOException {
    network =
        Models.create(
                Architectures.byName("resnet20_cifar")
                    .with(arch -> arch.input(3, 16, 16).classes(4)),
                3)
            .network();
    zip = folder.resolve("mine.zip");
    ModelSerializer.writeModel(network, zip.toFile(), false);
  }

  private CommandResult convert(Path from, String to, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "convert",
                from.toString(),
                "--model",
                "resnet20_cifar",
                "--classes",
                "4",
                "--to",
                folder.resolve(to).toString()));
    arguments.addAll(Arrays.asList(more));
    return resnet(arguments.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    "a.safetensors, torchvision",
    "a.safetensors, timm",
    "a.safetensors, resnet4j",
    "a.onnx, torchvision"
  })
  void convertedWeightsRoundTrip(String name, String naming) throws IOException {
    CommandResult out = convert(zip, name, "--naming", naming);
    assertThat(out.status()).as(out.err()).isZero();
    CommandResult back = convert(folder.resolve(name), "back.zip", "--json");
    assertThat(back.status()).as(back.err()).isZero();

    ComputationGraph again =
        ModelSerializer.restoreComputationGraph(folder.resolve("back.zip").toFile());
    assertThat(again.params()).isEqualTo(network.params());
    JsonNode report = back.json().get("report");
    assertThat(report.get("loaded")).hasSize(network.paramTable().size());
    assertThat(report.get("missing")).isEmpty();
    assertThat(report.get("unexpected")).isEmpty();
  }

  @Test
  void safetensorsHaveTorchvisionNamesAndIntegerCounters() throws IOException {
    CommandResult answer = convert(zip, "a.safetensors");
    assertThat(answer.out())
        .contains(network.paramTable().size() + " tensors loaded, names of deeplearning4j")
        .contains("a.safetensors: resnet20_cifar as safetensors, ");
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve("a.safetensors")))
            .order(ByteOrder.LITTLE_ENDIAN);
    byte[] json = new byte[Math.toIntExact(bytes.getLong())];
    bytes.get(json);
    JsonNode header = new ObjectMapper().readTree(new String(json, StandardCharsets.UTF_8));

    assertThat(header.at("/__metadata__/format").asText()).isEqualTo("pt");
    JsonNode counter = header.get("layer3.2.bn2.num_batches_tracked");
    assertThat(counter.get("dtype").asText()).isEqualTo("I64");
    assertThat(counter.get("shape")).isEmpty();
    assertThat(header.get("layer2.0.conv1.weight").get("shape")).hasToString("[32,16,3,3]");
    assertThat(header.get("fc.weight").get("dtype").asText()).isEqualTo("F32");
    for (JsonNode tensor : header) {
      if (tensor.has("dtype")) {
        int size = tensor.get("dtype").asText().equals("I64") ? 8 : 4;
        assertThat(tensor.at("/data_offsets/0").asLong() % size).as(tensor.toString()).isZero();
      }
    }
  }

  @Test
  void everyCommandAcceptsConvertedWeights() throws IOException {
    assertThat(convert(zip, "a.safetensors").status()).isZero();
    String weights = folder.resolve("a.safetensors").toString();
    INDArray images = BackendCheck.images(new org.resnet4j.arch.Shape(3, 16, 16), 2);
    NpyFile.write(images, folder.resolve("x.npy"));
    Logits.expose(network);
    INDArray expected = network.outputSingle(images);

    CommandResult predicted =
        resnet(
            "predict",
            "--model",
            "resnet20_cifar",
            "--weights",
            weights,
            "--naming",
            "torchvision",
            "--classes",
            "4",
            "--input",
            folder.resolve("x.npy").toString(),
            "--output",
            folder.resolve("y.npy").toString());
    assertThat(predicted.status()).as(predicted.err()).isZero();
    INDArray difference = NpyFile.read(folder.resolve("y.npy")).sub(expected);
    assertThat(difference.amaxNumber().doubleValue())
        .isLessThan(1e-4 * expected.amaxNumber().doubleValue());

    Path data = TwoClassImages.write(folder.resolve("data"));
    String image = data.resolve("test/class0/0.png").toString();
    CommandResult classified =
        resnet(
            "classify",
            image,
            "--model",
            "resnet20_cifar",
            "--weights",
            weights,
            "--classes",
            "4",
            "--input",
            "3x24x24",
            "--json");
    assertThat(classified.status()).as(classified.err()).isZero();
    assertThat(classified.json().at("/images/0/classes")).hasSize(4);

    CommandResult evaluated =
        resnet("evaluate", "resnet20_cifar", "--weights", weights, "--data", "folder:" + data);
    assertThat(evaluated.status()).isEqualTo(1);
    assertThat(evaluated.err())
        .contains("expected a classifier of 2 classes for resnet20_cifar but it has 4");
  }

  @Test
  void evaluateAcceptsAnArchitectureAndAWeightFile() throws IOException {
    ModelSerializer.writeModel(
        Models.create(Architectures.byName("resnet20_cifar").with(arch -> arch.classes(2)), 3)
            .network(),
        zip.toFile(),
        false);
    CommandResult converted =
        resnet(
            "convert",
            zip.toString(),
            "--model",
            "resnet20_cifar",
            "--classes",
            "2",
            "--to",
            folder.resolve("two.onnx").toString());
    assertThat(converted.status()).as(converted.err()).isZero();
    Path data = TwoClassImages.write(folder.resolve("data"));
    List<JsonNode> accuracies = new ArrayList<>();
    for (String weights : List.of(zip.toString(), folder.resolve("two.onnx").toString())) {
      CommandResult answer =
          resnet(
              "evaluate",
              "resnet20_cifar",
              "--weights",
              weights,
              "--data",
              "folder:" + data,
              "--input",
              "3x24x24",
              "--json");
      assertThat(answer.status()).as(answer.err()).isZero();
      accuracies.add(answer.json().get("confusion"));
    }
    assertThat(accuracies.get(1)).isEqualTo(accuracies.get(0)).isNotEmpty();
  }

  @Test
  void verifyComparesEveryBackendWithDoublePrecision() throws IOException {
    CommandResult answer =
        resnet(
            "verify",
            "resnet20_cifar",
            "--weights",
            zip.toString(),
            "--classes",
            "4",
            "--input",
            "3x16x16",
            "--json");
    assertThat(answer.status()).as(answer.err()).isZero();
    JsonNode document = answer.json();
    assertThat(document.get("equal").asBoolean()).isTrue();
    assertThat(document.findValuesAsText("backend")).contains("Deeplearning4j FP32", "oneDNN FP32");
    // Single precision differs from double precision, but only a little.
    assertThat(document.at("/backends/0/relative").asDouble()).isBetween(1e-9, 1e-5);
    assertThat(document.at("/backends/1/relative").asDouble()).isBetween(1e-9, 1e-5);
  }

  @Test
  void verifyFailsForABackendAboveItsTolerance() {
    INDArray exact = Nd4j.createFromArray(1.0, -2.0, 0.5);
    BackendCheck check =
        BackendCheck.of("some", exact, Nd4j.createFromArray(1.0f, -2.001f, 0.5f), 1e-4);
    assertThat(check.passed()).isFalse();
    assertThat(check.absolute()).isBetween(9.9e-4, 1.01e-3);
    assertThat(check.relative()).isBetween(4.9e-4, 5.1e-4);
    INDArray broken = Nd4j.createFromArray(1.0f, Float.NaN, 0.5f);
    assertThat(BackendCheck.of("some", exact, broken, 1).passed()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "1, convert|nosuch.pth|--to|x.onnx|--model|resnet18",
    "1, convert|ZIP|--to|x.onnx",
    "2, convert|ZIP|--to|x.pth|--model|resnet20_cifar",
    "1, convert|ZIP|--to|x.onnx|--model|resnet32_cifar",
    "2, convert|ZIP|--to|x.onnx|--model|nosuch",
    "2, convert|ZIP|--to|x.safetensors|--model|resnet20_cifar|--classes|4|--naming|nosuch",
    "1, convert|ZIP|--to|x.onnx|--model|resnet20_cifar|--classes|4|--from-naming|timm",
    "1, predict|--model|resnet20_cifar|--weights|ZIP|--input|nosuch.npy|--output|y.npy",
    "1, verify|resnet32_cifar|--weights|ZIP",
    "1, verify|ZIP",
    "2, verify|nosuch",
    "2, verify|resnet20_cifar|--naming|timm"
  })
  void invalidArgumentsPrintOneLineAndMissingFilesAreFailures(int status, String arguments) {
    CommandResult answer = resnet(arguments.replace("ZIP", zip.toString()).split("\\|"));

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.err().strip()).startsWith("resnet: ").doesNotContain("\n");
    assertThat(Path.of("x.onnx")).doesNotExist();
  }
}
