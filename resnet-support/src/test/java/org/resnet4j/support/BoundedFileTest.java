package org.resnet4j.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedFileTest {
  @TempDir Path folder;

  @Test
  void filesUpToTheBoundAreReadWhole() throws IOException {
    Path file = Files.write(folder.resolve("a"), new byte[] {1, 2, 3});

    assertThat(BoundedFile.read(file, 3, "too long")).containsExactly(1, 2, 3);
    assertThatIOException()
        .isThrownBy(() -> BoundedFile.read(file, 2, "expected at most 2 bytes"))
        .withMessage(file + ": expected at most 2 bytes");
  }
}
