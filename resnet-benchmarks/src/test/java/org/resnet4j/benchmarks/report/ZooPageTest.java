package org.resnet4j.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.run.Environment;

class ZooPageTest {
  private static final ZooPage PAGE =
      new ZooPage(
          new Machine(
              new Environment("r", "d", "17", "Linux", "A CPU", 2, 16, "CpuBackend"),
              List.of("avx2")),
          "Deeplearning4j d",
          2,
          List.of(
              new ZooPage.Row(
                  "LeNet", "64 × 28²", new ZooPage.Times(8, 2.5), new ZooPage.Times(1234, 100)),
              new ZooPage.Row("SimpleCNN", "32 × 48²", new ZooPage.Times(9, 10), null)));

  @Test
  void tableListsTimesAndRatios() {
    assertThat(PAGE.markdown())
        .contains("Machine: A CPU, 2 cores, 16.0 GB, avx2 (AMX: no); Linux, Java 17.\n")
        .contains("| LeNet | 64 × 28² | 8.00 | 2.50 | 3.20 × | 1,234 | 100 | 12.34 × |\n")
        .endsWith("| SimpleCNN | 32 × 48² | 9.00 | 10.0 | 0.90 × | – | – | – |\n");
  }

  @Test
  void messageNamesThePageAndTheMachineOfTheOneBefore(@TempDir Path folder) throws IOException {
    Path page = folder.resolve("zoo-speed.md");
    assertThat(PAGE.write(folder)).isEqualTo("wrote " + page);
    assertThat(page).content().isEqualTo(PAGE.markdown());
    assertThat(PAGE.write(folder))
        .isEqualTo(
            "wrote "
                + page
                + ", in place of figures of A CPU, 2 cores, 16.0 GB, avx2 (AMX: no); Linux, Java 17.");
  }
}
