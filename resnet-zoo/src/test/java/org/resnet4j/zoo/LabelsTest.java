package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.data.ClassMatching;

class LabelsTest {
  private static final Labels IMAGENET = Labels.IMAGENET_1K;

  /** The order of ImageNet's outputs is that of its WordNet ids. */
  @Test
  void wordnetIdsAscend() {
    assertThat(IMAGENET.wordnetIds()).hasSize(1000).isSorted().doesNotHaveDuplicates();
    assertThat(IMAGENET.wordnetIds()).allMatch(id -> id.matches("n\\d{8}"));
    assertThat(Labels.CIFAR_10.wordnetIds()).isEmpty();
  }

  /** The ten classes of Imagenette, as fastai's page names them, and others of WordNet 3.0. */
  @ParameterizedTest
  @CsvSource({
    "n01440764, 0, tench",
    "n02102040, 217, English springer",
    "n02979186, 482, cassette player",
    "n03000684, 491, chain saw",
    "n03028079, 497, church",
    "n03394916, 566, French horn",
    "n03417042, 569, garbage truck",
    "n03425413, 571, gas pump",
    "n03445777, 574, golf ball",
    "n03888257, 701, parachute",
    "n02504458, 386, African elephant",
    "n02124075, 285, Egyptian cat",
    "n15075141, 999, toilet tissue",
  })
  void idAndNameAreOfOneClass(String id, int index, String name) {
    assertThat(IMAGENET.wordnetIds().get(index)).isEqualTo(id);
    assertThat(IMAGENET.names().get(index)).isEqualTo(name);
  }

  /** The indices of ImageNet-A's 200 classes are those of timm's imagenet_a_indices.txt. */
  @Test
  void subsetsAreMatchedToTheIndicesThatTimmPublishes() throws IOException {
    List<String[]> rows;
    try (InputStream in =
        Objects.requireNonNull(getClass().getResourceAsStream("labels/imagenet-a.tsv"))) {
      rows =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .map(line -> line.split("\t", -1))
              .toList();
    }
    ClassMatching matching =
        ClassMatching.of(
            rows.stream().map(row -> row[0]).toList(), IMAGENET.names(), IMAGENET.wordnetIds());
    assertThat(matching.size()).isEqualTo(200);
    assertThat(matching.isSubset()).isTrue();
    assertThat(IntStream.range(0, 200).mapToObj(matching::output))
        .containsExactlyElementsOf(rows.stream().map(row -> Integer.valueOf(row[1])).toList());
  }

  @Test
  void thousandNumbersAreTheOutputs() {
    List<String> numbers = IntStream.range(0, 1000).mapToObj(String::valueOf).sorted().toList();
    ClassMatching matching =
        ClassMatching.of(numbers, IMAGENET.names(), IMAGENET.wordnetIds());
    assertThat(matching.output(numbers.indexOf("386"))).isEqualTo(386);
  }

  @Test
  void everyNameIsMatchedToItself() {
    List<String> folders =
        IMAGENET.names().stream().map(name -> name.replace(' ', '_').replace('/', '_')).toList();
    ClassMatching matching =
        ClassMatching.of(folders, IMAGENET.names(), IMAGENET.wordnetIds());
    assertThat(matching.isSame()).isTrue();
  }
}
