package org.resnet4j.zoo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

class HubFolderFuzzTest {
  @TempDir static Path folder;

  /** Any {@code config.json} is refused, at the latest because the folder has no weights. */
  @MethodSource("seeds")
  @FuzzTest
  void anyConfigurationIsRefusedInASentenceWithTheFolder(byte[] bytes) throws IOException {
    Files.write(folder.resolve("config.json"), bytes);
    Files.writeString(folder.resolve("preprocessor_config.json"), HubFolderTest.PREPROCESSOR);
    try {
      throw new AssertionError("a model without weights: " + Models.open(folder));
    } catch (IOException refusal) {
      assertThat(refusal).hasMessageStartingWith(folder.toString());
    }
  }

  static Stream<byte[]> seeds() {
    return Stream.of(
            HubFolderTest.TRANSFORMERS, HubFolderTest.TIMM, "{}", "[]", "{\"model_type\":1}")
        .map(text -> text.getBytes(UTF_8));
  }
}
