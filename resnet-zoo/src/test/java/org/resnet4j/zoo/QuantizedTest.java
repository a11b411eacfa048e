package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Shape;
import org.resnet4j.onednn.Int8Calibration;
import org.resnet4j.onednn.Int8Ranges;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.weightfile.WeightFile;
import org.resnet4j.zoo.Certificate.Share;

/**
 * The ranges and the certificate of a quantized model are kept in its zip and checked on reading.
 */
final class QuantizedTest {
  private static final Path FILE = Path.of("model.zip");
  private static final Certificate CERTIFICATE =
      new Certificate("photos", 10, new Share(99, 100), new Share(80, 100), new Share(79, 100));

  @TempDir Path folder;

  private static Model quantized() {
    Model model = Models.create("resnet8");
    INDArray images = Nd4j.linspace(-1, 1, 2L * 3 * 32 * 32).reshape(2, 3, 32, 32);
    try (Int8Calibration calibration = OneDnn.calibrate(model.network())) {
      calibration.observe(images.castTo(DataType.FLOAT));
      return model.with(new Quantized(calibration.ranges(), CERTIFICATE));
    }
  }

  @Test
  void zipKeepsRangesAndCertificate() throws IOException {
    Model model = quantized();
    Path file = folder.resolve("int8.zip");
    model.save(file);

    assertThat(Models.open(file).quantized()).isEqualTo(model.quantized());
  }

  @Test
  void modelOfAnotherSizeIsNotQuantized() {
    Model model = quantized();

    assertThat(model.with(model.pipeline()).quantized()).isEqualTo(model.quantized());
    assertThat(model.resized(new Shape(3, 64, 64)).quantized()).isNull();
  }

  @Test
  void onnxHasIntegersForEveryRange() throws IOException {
    Model model = quantized();
    Path file = folder.resolve("int8.onnx");
    model.export(file);

    try (var tensors = WeightFile.open(file)) {
      Int8Ranges ranges = Objects.requireNonNull(model.quantized()).ranges();
      assertThat(tensors.names())
          .containsAll(ranges.ranges().keySet().stream().map(name -> name + ".scale").toList());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|lacks",
        "null|null",
        "[]|",
        "{\"format\":2,\"parameters\":\"p\",\"ranges\":{},\"certificate\":C}|format 1 but was 2",
        "{\"format\":1,\"parameters\":\"q\",\"ranges\":{},\"certificate\":C}|other parameters",
        "{\"format\":1,\"parameters\":\"p\",\"ranges\":{\"a\":-1},\"certificate\":C}|was -1",
        "{\"format\":1,\"parameters\":\"p\",\"ranges\":{\"a\":1e999},\"certificate\":C}|",
        "{\"format\":1,\"parameters\":\"p\",\"ranges\":{\"a\":\"NaN\"},\"certificate\":C}|",
        "{\"format\":1,\"parameters\":\"p\",\"ranges\":{\"a\":null},\"certificate\":C}|was null",
        "{\"format\":1,\"parameters\":\"p\",\"ranges\":{\"a\":1,\"a\":2},\"certificate\":C}|",
        "{\"format\":1,\"parameters\":\"p\",\"ranges\":[1],\"certificate\":C}|",
        "{\"format\":1,\"parameters\":\"p\",\"ranges\":{}}|lacks",
        "{\"format\":1,\"parameters\":\"p\",\"ranges\":{},\"certificate\":{}}|",
        "{\"format\":1,\"parameters\":\"p\",\"ranges\":{},\"certificate\":D}|part of at least 1",
        "{\"format\":1,\"parameters\":\"p\",\"ranges\":{},\"certificate\":E}|same images",
      })
  void malformedEntriesAreRefusedInOneSentence(String json, String problem) {
    String share = "{\"images\":1,\"of\":2}";
    String text =
        json.replace(":C", ":" + certificate(share, share))
            .replace(":D", ":" + certificate(share, "{\"images\":3,\"of\":2}"))
            .replace(":E", ":" + certificate(share, "{\"images\":1,\"of\":3}"));
    assertThatThrownBy(() -> Quantized.read(FILE, text, "p"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("model.zip: resnet4j-int8.json: expected the ranges and")
        .hasMessageContaining(problem == null ? "" : problem);
  }

  private static String certificate(String agreement, String fp32) {
    return "{\"data\":\"x\",\"calibrationImages\":1,\"agreement\":%s,\"fp32\":%s,\"int8\":%s}"
        .formatted(agreement, fp32, agreement);
  }

  /** The numbers are of statsmodels, proportion_confint(…, method="wilson"). */
  @ParameterizedTest
  @CsvSource({
    "95, 100, 0.88824953, 0.97845632",
    "0, 10, 0.00000000, 0.27753280",
    "10, 10, 0.72246720, 1.00000000",
    "9373, 9488, 0.98547180, 0.98989215",
    "1, 2, 0.09453121, 0.90546879"
  })
  void intervalIsWilsons(int images, int of, double low, double high) {
    assertThat(new Share(images, of).low()).isCloseTo(low, within(1e-6));
    assertThat(new Share(images, of).high()).isCloseTo(high, within(1e-6));
  }
}
