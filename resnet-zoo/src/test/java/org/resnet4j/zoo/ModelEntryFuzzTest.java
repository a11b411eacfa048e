package org.resnet4j.zoo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class ModelEntryFuzzTest {
  private static final Path FILE = Path.of("model.zip");

  /** Any bytes are the description of a model, or refused in a sentence that names the entry. */
  @MethodSource("seeds")
  @FuzzTest
  void anyDescriptionIsReadOrRefused(byte[] bytes) {
    try {
      assertThat(ModelEntry.parse(FILE, new String(bytes, UTF_8)).classes()).isNotNull();
    } catch (IOException refusal) {
      assertThat(refusal).hasMessageStartingWith("model.zip: resnet4j-model.json: expected ");
    }
  }

  static Stream<byte[]> seeds() {
    String written = requireNonNull(ModelEntry.all(Models.create("resnet8")).get(ModelEntry.NAME));
    return Stream.of(
            written,
            written.replace("\"class 0\"", "null"),
            written.replace("\"depths\"", "\"depth\""),
            "{}",
            "{\"format\":1}",
            "[".repeat(100_000))
        .map(text -> text.getBytes(UTF_8));
  }
}
