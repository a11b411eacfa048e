package org.resnet4j.data.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.fetch.Download;

/** Checks the table against the figures of the datasets' authors. */
class DatasetsTest {
  /** The sizes of all downloads are sums over {@code url_checksums} of TensorFlow Datasets. */
  @ParameterizedTest
  @CsvSource({
    "fashion-mnist, 10, 60000, 30878645",
    "mnist, 10, 60000, 11594722",
    "cifar10, 10, 50000, 170052171",
    "cifar100, 100, 50000, 168513733",
  })
  void countsEqualThePublishedCounts(String name, int classes, int training, long bytes) {
    DatasetSpec spec = Datasets.byName(name);
    assertThat(spec.classes()).hasSize(classes).doesNotHaveDuplicates();
    assertThat(spec.train().images()).isEqualTo(training);
    assertThat(spec.test().images()).isEqualTo(10_000);
    assertThat(spec.downloads().stream().mapToLong(Download::most).sum()).isEqualTo(bytes);
    assertThat(spec.stats().name()).isEqualTo(name);
  }

  @Test
  void everyFileHasItsOwnSha256() {
    HashSet<String> sums = new HashSet<>();
    for (DatasetSpec spec : Datasets.all()) {
      for (Download file : spec.downloads()) {
        assertThat(file.checksum().hex()).matches("[0-9a-f]{64}");
        assertThat(sums.add(file.checksum().hex())).isTrue();
      }
    }
    assertThat(sums).hasSize(10);
  }

  @Test
  void fileSizesMatchTheNumbersOfImagesAndLabels() {
    assertThat(Datasets.byName("mnist").train().files())
        .extracting(DatasetSpec.DataFile::bytes)
        .containsExactly(47_040_016L, 60_008L);
    assertThat(Datasets.byName("cifar10").train().files())
        .extracting(DatasetSpec.DataFile::bytes)
        .containsOnly(30_730_000L)
        .hasSize(5);
  }

  @Test
  void classNamesOfCifar100AreInTheOrderOfItsLabels() {
    assertThat(Datasets.byName("cifar100").classes()).isSorted();
  }

  @Test
  void unknownNameIsRefusedWithTheNearest() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Datasets.byName("fashon-mnist"))
        .withMessageContaining("fashion-mnist");
  }
}
