package org.resnet4j.data;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.image.DataFormatException;

class ImageListFuzzTest {
  @MethodSource("seeds")
  @FuzzTest
  void anyBytesAreReadOrRefused(byte[] bytes) throws IOException {
    Path list = Files.createTempFile("list", bytes.length % 2 == 0 ? ".csv" : ".tsv");
    try {
      Files.write(list, bytes);
      ImageList.read(list);
    } catch (DataFormatException e) {
      // refused in a sentence
    } finally {
      Files.delete(list);
    }
  }

  static Stream<byte[]> seeds() {
    return Stream.concat(
            ImageListTest.rowsAreRead().map(row -> row.get()[1]),
            ImageListTest.othersAreRefusedWithTheirLine().map(row -> row.get()[0]))
        .map(text -> ((String) text).getBytes(StandardCharsets.UTF_8));
  }
}
