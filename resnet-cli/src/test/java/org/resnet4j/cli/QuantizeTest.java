package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.resnet4j.cli.CommandResult.resnet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.zoo.Models;

/** The {@code quantize} command writes models whose answers its certificate describes. */
class QuantizeTest {
  @TempDir private static Path shared;

  @TempDir Path folder;

  private static Path data;
  private static Path run;

  @BeforeAll
  static void train() throws IOException {
    data = TwoClassImages.write(shared.resolve("data"));
    run = shared.resolve("run");
    CommandResult trained =
        resnet(TwoClassImages.train(data, "--model resnet8 --epochs 3 --input 3x24x24", run));
    assertThat(trained.status()).as(trained.err()).isZero();
  }

  private CommandResult quantize(String to, String... more) {
    String[] arguments = {
      "quantize", run.toString(), "--calibrate", "folder:" + data, "--to", path(to)
    };
    return resnet(
        Stream.concat(Arrays.stream(arguments), Arrays.stream(more)).toArray(String[]::new));
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static JsonNode evaluated(String... model) throws IOException {
    Stream<String> data = Stream.of("--data", "folder:" + QuantizeTest.data, "--json");
    CommandResult result =
        resnet(
            Stream.of(Stream.of("evaluate"), Arrays.stream(model), data)
                .flatMap(words -> words)
                .toArray(String[]::new));
    assertThat(result.status()).as(result.err()).isZero();
    return result.json();
  }

  /** One of the 50 test images calibrates, so that 49 are certified. */
  @Test
  void certificateStatesWhatAnEvaluationMeasures() throws IOException {
    CommandResult result = quantize("int8.zip", "--images", "1", "--force", "--json");
    assertThat(result.status()).as(result.err()).isZero();
    JsonNode certificate = result.json().get("certificate");
    assertThat(certificate.get("calibrationImages").asInt()).isEqualTo(1);
    for (String precision : new String[] {"fp32", "int8"}) {
      JsonNode share = certificate.get(precision);
      assertThat(share.get("of").asInt()).isEqualTo(49);
      double correct =
          evaluated(path("int8.zip"), "--precision", precision).get("accuracy").asDouble() * 50;
      assertThat(share.get("images").asDouble()).as(precision).isCloseTo(correct, within(1.01));
    }
    assertThat(evaluated(path("int8.zip"), "--precision", "fp32").get("accuracy"))
        .isEqualTo(evaluated(run.toString(), "--precision", "fp32").get("accuracy"));
  }

  /** A file of weights does not say how pixels are normalised; both commands take the data's. */
  @Test
  void weightsAloneSeeThePixelsThatAnEvaluationSees() throws IOException {
    String weights = path("weights.safetensors");
    CommandResult converted = resnet("convert", run.toString(), "--to", weights);
    assertThat(converted.status()).as(converted.err()).isZero();
    double correct = evaluated("resnet8", "--weights", weights).get("accuracy").asDouble() * 50;

    CommandResult result =
        resnet(
            "quantize",
            "resnet8",
            "--weights",
            weights,
            "--calibrate",
            "folder:" + data,
            "--to",
            path("int8.zip"),
            "--images",
            "1",
            "--force",
            "--json");

    assertThat(result.status()).as(result.err()).isZero();
    JsonNode certificate = result.json().get("certificate");
    assertThat(certificate.get("fp32").get("images").asDouble()).isCloseTo(correct, within(1.01));
    assertThat(Models.open(folder.resolve("int8.zip")).pipeline().normalization())
        .isEqualTo(Dataset.folder(data).spec().stats().normalization());
  }

  @Test
  void certificateIsPrintedAndTheModelClassifies() {
    CommandResult result = quantize("int8.zip", "--agreement", "0.9");
    assertThat(result.status()).as(result.out() + result.err()).isZero();
    assertThat(result.out())
        .contains("certificate on 25 images of ", ", after calibration by 25 others")
        .containsPattern("agreement with FP32 +[01]\\.\\d{4} \\(95 % interval 0\\.\\d{4} to ");
    CommandResult classified =
        resnet(
            "classify",
            data.resolve("test/class1/3.png").toString(),
            "--model",
            path("int8.zip"),
            "--precision",
            "int8",
            "--json");
    assertThat(classified.status()).as(classified.err()).isZero();
    assertThat(classified.out()).contains("class1");
  }

  @Test
  void onnxHasIntegers() throws IOException {
    CommandResult result = quantize("int8.onnx", "--agreement", "0.9");
    assertThat(result.status()).as(result.out() + result.err()).isZero();
    assertThat(Files.readString(folder.resolve("int8.onnx"), StandardCharsets.ISO_8859_1))
        .contains("DequantizeLinear");
  }

  @Test
  void unquantizedModelAtInt8IsRefusedWithTheCommand() {
    CommandResult result =
        resnet("evaluate", run.toString(), "--data", "folder:" + data, "--precision", "int8");
    assertThat(result.status()).isNotZero();
    assertThat(result.err()).contains("quantize").doesNotContain("\tat ");
  }

  @Test
  void tooFewImagesAndWrongNamesAreRefusedAndNothingIsWritten() throws IOException {
    assertThat(quantize("int8.safetensors").status()).isEqualTo(2);
    assertThat(quantize("int8.zip", "--agreement", "1.5").status()).isEqualTo(2);
    assertThat(quantize("int8.zip", "--images", "0").status()).isEqualTo(2);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }
}
