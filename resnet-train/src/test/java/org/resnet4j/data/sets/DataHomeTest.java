package org.resnet4j.data.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Datasets are found in their folders, described by their origin, and reported with a remedy if
 * missing.
 */
class DataHomeTest {
  @TempDir Path root;
  private DataHome home;

  @BeforeEach
  void home() {
    home = new DataHome(root.resolve("cache"), root.resolve("system"));
  }

  @Test
  void cacheIsNamedByTheEnvironmentOrInTheHomeFolder() {
    assertThat(DataHome.of(Map.of("RESNET4J_HOME", "/big/disk"), root).cache())
        .isEqualTo(Path.of("/big/disk"));
    assertThat(DataHome.of(Map.of(), root).cache()).isEqualTo(root.resolve(".cache/resnet4j"));
    assertThat(DataHome.of(Map.of(), root).folder(Datasets.byName("mnist")))
        .isEqualTo(root.resolve(".cache/resnet4j/datasets/mnist"));
  }

  @Test
  void namedFolderIsOpened() throws IOException {
    Path folder = root.resolve("mine");
    idx(folder, "train", 3, false);
    try (OpenDataset open = Dataset.of("mnist:" + folder).in(home).open(Split.TRAIN)) {
      assertThat(open.source().size()).isEqualTo(3);
      assertThat(open.source().label(2)).isEqualTo(2);
      assertThat(open.source().read(2).pixels()).containsOnly(2);
      assertThat(open.origin()).isEqualTo("MNIST, " + folder + ": 3 of 60,000 training images");
    }
  }

  @Test
  void cachePrecedesTheSystemFolderAndThatPrecedesTheJar() throws IOException {
    assertThat(size("fashion-mnist")).isEqualTo(30_000);
    Path system = root.resolve("system/fashion-mnist");
    idx(system, "train", 4, true);
    assertThat(size("fashion-mnist"))
        .as("a dataset with one split of two does not count")
        .isEqualTo(30_000);
    idx(system, "t10k", 4, true);
    assertThat(size("fashion-mnist")).isEqualTo(4);
    Path cache = root.resolve("cache/datasets/fashion-mnist");
    idx(cache, "train", 5, true);
    idx(cache, "t10k", 5, true);
    assertThat(size("fashion-mnist")).isEqualTo(5);
  }

  @Test
  void debianPackageIsOpened() throws IOException {
    Path debian = Path.of("/usr/share/datasets");
    assumeTrue(
        Files.isDirectory(debian.resolve("fashion-mnist")),
        "needs Debian's package dataset-fashion-mnist");
    try (OpenDataset open =
        Dataset.of("fashion-mnist").in(new DataHome(root, debian)).open(Split.TRAIN)) {
      assertThat(open.origin())
          .isEqualTo("Fashion-MNIST, /usr/share/datasets/fashion-mnist: 60,000 training images");
      assertThat(open.source().size()).isEqualTo(60_000);
      assertThat(open.fingerprint())
          .as("zcat train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz | sha256sum")
          .isEqualTo("d9ef4273af5c2e360155dad0c06bd939447bf37a6620db007d69fc79e4732045");
    }
  }

  @Test
  void compressionDoesNotChangeTheFingerprint() throws IOException {
    idx(root.resolve("a"), "t10k", 3, true);
    idx(root.resolve("b"), "t10k", 3, false);
    idx(root.resolve("c"), "t10k", 4, false);
    assertThat(fingerprint("mnist:" + root.resolve("a")))
        .isEqualTo(fingerprint("mnist:" + root.resolve("b")))
        .isNotEqualTo(fingerprint("mnist:" + root.resolve("c")));
  }

  @Test
  void cifarIsFoundInTheFolderOfItsArchiveOrBesideIt() throws IOException {
    Path folder = root.resolve("cifar");
    Path unpacked = Files.createDirectories(folder.resolve("cifar-10-batches-bin"));
    byte[] records = new byte[2 * 3073];
    records[3073] = 9;
    Files.write(unpacked.resolve("test_batch.bin"), records);
    for (Path named : new Path[] {folder, unpacked}) {
      try (OpenDataset open = Dataset.of("cifar10:" + named).in(home).open(Split.TEST)) {
        assertThat(open.source().label(1)).isEqualTo(9);
        assertThat(open.source().classes().get(9)).isEqualTo("truck");
        assertThat(open.origin()).isEqualTo("CIFAR-10, " + unpacked + ": 2 of 10,000 test images");
      }
    }
  }

  @Test
  void cifar100HasFineLabels() throws IOException {
    byte[] record = new byte[3074];
    record[0] = 19;
    record[1] = 99;
    Files.write(root.resolve("test.bin"), record);
    try (OpenDataset open = Dataset.of("cifar100:" + root).in(home).open(Split.TEST)) {
      assertThat(open.source().label(0)).isEqualTo(99);
    }
  }

  @Test
  void missingDatasetIsReportedWithEveryPlaceAndTheFetchCommand() throws IOException {
    Path system = root.resolve("system/mnist");
    idx(system, "train", 1, true);
    assertThatIOException()
        .isThrownBy(() -> Dataset.of("mnist").in(home).open(Split.TRAIN))
        .withMessage(
            "mnist: expected train-images-idx3-ubyte, train-labels-idx1-ubyte,"
                + " t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte (.gz or not) in one folder but"
                + " there is no "
                + root.resolve("cache/datasets/mnist")
                + " and "
                + system
                + " lacks t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte;"
                + " call DatasetFetch.fetch, or name their folder as mnist:DIR");
  }

  @Test
  void namedFolderIsTheOnlyPlaceSearched() throws IOException {
    Path empty = Files.createDirectories(root.resolve("empty"));
    assertThatIOException()
        .isThrownBy(() -> Dataset.of("cifar100:" + empty).in(home).open(Split.TEST))
        .withMessage(
            "cifar100: expected test.bin in one folder but "
                + empty
                + " lacks all of them;"
                + " call DatasetFetch.fetch, or name their folder as cifar100:DIR");
    assertThatIOException()
        .isThrownBy(
            () -> Dataset.of("fashion-mnist:" + root.resolve("typo")).in(home).open(Split.TEST))
        .withMessageContaining("but there is no " + root.resolve("typo"));
  }

  @Test
  void unknownDatasetNamesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dataset.of("cifar11:/data").in(home).open(Split.TEST))
        .withMessageStartingWith("unknown dataset \"cifar11\"; the nearest are [cifar10");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dataset.of("mnist:").in(home).open(Split.TEST))
        .withMessage("dataset: expected mnist:DIR but was \"mnist:\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dataset.of("folder").in(home).open(Split.TEST))
        .withMessage(
            "dataset: expected folder:DIR but was \"folder\"; DIR is what holds your images");
  }

  private int size(String data) throws IOException {
    try (OpenDataset open = Dataset.of(data).in(home).open(Split.TRAIN)) {
      return open.source().size();
    }
  }

  private String fingerprint(String data) throws IOException {
    try (OpenDataset open = Dataset.of(data).in(home).open(Split.TEST)) {
      return open.fingerprint();
    }
  }

  /** Writes images and labels; every byte of image i and its label is i. */
  private static void idx(Path folder, String prefix, int count, boolean gzip) throws IOException {
    ByteBuffer images = ByteBuffer.allocate(16 + count * 784);
    images.putInt(0x803).putInt(count).putInt(28).putInt(28);
    ByteBuffer labels = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
    for (byte i = 0; i < count; i++) {
      for (int pixel = 0; pixel < 784; pixel++) {
        images.put(i);
      }
      labels.put(i);
    }
    Files.createDirectories(folder);
    write(folder.resolve(prefix + "-images-idx3-ubyte"), images.array(), gzip);
    write(folder.resolve(prefix + "-labels-idx1-ubyte"), labels.array(), gzip);
  }

  private static void write(Path file, byte[] bytes, boolean gzip) throws IOException {
    if (!gzip) {
      Files.write(file, bytes);
      return;
    }
    try (OutputStream out =
        new GZIPOutputStream(
            Files.newOutputStream(file.resolveSibling(file.getFileName() + ".gz")))) {
      out.write(bytes);
    }
  }
}
