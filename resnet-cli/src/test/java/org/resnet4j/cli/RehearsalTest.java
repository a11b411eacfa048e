package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher archives no classes when its rehearsal fails, and says nothing. */
class RehearsalTest {
  @Test
  void rehearsalClassifiesAnImage(@TempDir Path folder) throws Exception {
    assertThat(Rehearsal.run(folder)).isZero();
  }
}
