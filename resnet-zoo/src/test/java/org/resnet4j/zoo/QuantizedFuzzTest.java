package org.resnet4j.zoo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.onednn.Int8Ranges;

class QuantizedFuzzTest {
  private static final Path FILE = Path.of("model.zip");
  private static final String FINGERPRINT = "0123";

  /** Any bytes are ranges of activations, or refused in a sentence that names the entry. */
  @MethodSource("seeds")
  @FuzzTest
  void anyEntryIsReadOrRefused(byte[] bytes) {
    try {
      Quantized read = Quantized.read(FILE, new String(bytes, UTF_8), FINGERPRINT);
      assertThat(read.ranges().ranges().values())
          .allMatch(range -> Float.isFinite(range) && range > 0);
      assertThat(read.certificate().describe()).isNotEmpty();
    } catch (IOException refusal) {
      assertThat(refusal).hasMessageStartingWith("model.zip: " + Quantized.ENTRY + ": expected ");
    }
  }

  static Stream<byte[]> seeds() {
    Certificate.Share share = new Certificate.Share(3, 4);
    String written =
        new Quantized(
                new Int8Ranges(Map.of("layer", 1.5f)),
                new Certificate("images", 2, share, share, share))
            .json(FINGERPRINT);
    return Stream.of(
            written,
            written.replace("1.5", "NaN"),
            written.replace("1.5", "-1"),
            written.replace("1.5", "1e99"),
            written.replace("1.5", "null"),
            written.replace("\"of\":4", "\"of\":0"),
            written.replace("\"ranges\"", "\"other\""),
            written.replace("\"certificate\"", "\"other\""),
            written.replace("\"agreement\"", "\"other\""),
            written.replace("\"parameters\"", "\"other\""),
            "null",
            "{}",
            "[".repeat(100_000))
        .map(text -> text.getBytes(UTF_8));
  }
}
