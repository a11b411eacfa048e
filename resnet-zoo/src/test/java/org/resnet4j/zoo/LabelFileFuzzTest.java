package org.resnet4j.zoo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LabelFileFuzzTest {
  @TempDir static Path folder;

  /** Any bytes give names that are not blank, or a sentence that names the file. */
  @MethodSource("seeds")
  @FuzzTest
  void anyBytesAreReadOrRefused(byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("labels"), bytes);
    try {
      assertThat(LabelFile.read(file)).isNotEmpty().noneMatch(String::isBlank);
    } catch (IOException refusal) {
      assertThat(refusal).hasMessageStartingWith(file + ": ");
      assertThat(refusal.getMessage()).doesNotContainPattern("\\p{Cntrl}");
    }
  }

  static Stream<byte[]> seeds() {
    return Stream.concat(
            LabelFileTest.texts().map(text -> text.getBytes(UTF_8)),
            LabelFileTest.malformed().map(LabelFileFuzzTest::first))
        .filter(bytes -> bytes.length < 1 << 16);
  }

  private static byte[] first(Arguments row) {
    return (byte[]) row.get()[0];
  }
}
