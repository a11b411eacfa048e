package org.resnet4j.data.sets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.resnet4j.data.ImageSource;
import org.resnet4j.image.Image;
import org.resnet4j.support.Digest;

/** The subset in the jar is the documented one. */
class EmbeddedSubsetTest {
  private static final Path DEBIAN = Path.of("/usr/share/datasets/fashion-mnist");
  private static final DatasetSpec DATASET = Datasets.byName("fashion-mnist");

  @Test
  void bothSplitsHaveTheSameNumberOfImagesPerClass() throws IOException {
    for (Split split : Split.values()) {
      try (OpenDataset open = EmbeddedSubset.open(DATASET, split)) {
        ImageSource source = open.source();
        int[] counts = new int[10];
        for (int i = 0; i < source.size(); i++) {
          counts[source.label(i)]++;
        }
        assertThat(counts).containsOnly(split == Split.TRAIN ? 3_000 : 1_000);
        assertThat(source.classes()).isEqualTo(DATASET.classes());
        Image last = source.read(source.size() - 1);
        assertThat(last.shape()).isEqualTo(DATASET.shape());
      }
    }
  }

  @Test
  void originDescribesTheSubset() throws IOException {
    try (OpenDataset train = EmbeddedSubset.open(DATASET, Split.TRAIN);
        OpenDataset test = EmbeddedSubset.open(DATASET, Split.TEST)) {
      assertThat(train.origin())
          .isEqualTo("Fashion-MNIST, embedded subset: 30,000 of 60,000 training images");
      assertThat(test.origin()).isEqualTo("Fashion-MNIST, embedded subset: 10,000 test images");
    }
  }

  /**
   * The checksums are SHA-256 of the official test files, uncompressed, as published by several
   * projects that derived them from downloads with the official MD5.
   */
  @Test
  void testSplitEqualsTheOfficialTestSet() throws IOException {
    assertThat(Digest.sha256().add(embedded("t10k-images-idx3-ubyte")).hex())
        .isEqualTo("5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b");
    assertThat(Digest.sha256().add(embedded("t10k-labels-idx1-ubyte")).hex())
        .isEqualTo("0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34");
  }

  @Test
  void subsetIsReproducedFromTheOfficialFiles() throws IOException {
    assumeTrue(Files.isDirectory(DEBIAN), "needs Debian's package dataset-fashion-mnist");
    EmbeddedSubsetWriter.Pair train =
        EmbeddedSubsetWriter.firstOfEachClass(EmbeddedSubsetWriter.Pair.read(DEBIAN, "train"));
    EmbeddedSubsetWriter.Pair test = EmbeddedSubsetWriter.Pair.read(DEBIAN, "t10k");
    assertSame("train-images-idx3-ubyte", train.images());
    assertSame("train-labels-idx1-ubyte", train.labels());
    assertSame("t10k-images-idx3-ubyte", test.images());
    assertSame("t10k-labels-idx1-ubyte", test.labels());
  }

  @Test
  void subsetIsSmallAndHasItsLicence() throws IOException {
    long bytes = resource("LICENSE").length;
    for (DatasetSpec.DataFile file : DATASET.files().toList()) {
      bytes += resource(file.name() + ".gz").length;
    }
    assertThat(bytes).isLessThan(20_000_000);
    assertThat(new String(resource("LICENSE"), UTF_8))
        .contains("The MIT License (MIT) Copyright © 2017 Zalando SE");
  }

  private static void assertSame(String name, byte[] official) throws IOException {
    assertThat(Arrays.equals(embedded(name), official)).as(name).isTrue();
  }

  private static byte[] embedded(String name) throws IOException {
    try (InputStream in = new GZIPInputStream(stream(name + ".gz"))) {
      return in.readAllBytes();
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = stream(name)) {
      return in.readAllBytes();
    }
  }

  private static InputStream stream(String name) {
    InputStream in =
        EmbeddedSubset.class.getResourceAsStream("/org/resnet4j/demo/fashion-mnist/" + name);
    assertThat(in).as(name).isNotNull();
    return in;
  }
}
