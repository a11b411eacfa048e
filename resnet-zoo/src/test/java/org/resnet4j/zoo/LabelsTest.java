package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelsTest {
  private static final Labels IMAGENET = Labels.IMAGENET_1K;

  /** The order of ImageNet's outputs is that of its WordNet ids. */
  @Test
  void wordnetIdsAscend() {
    assertThat(IMAGENET.classes().wordnetIds()).hasSize(1000).isSorted().doesNotHaveDuplicates();
    assertThat(IMAGENET.classes().wordnetIds()).allMatch(id -> id.matches("n\\d{8}"));
    assertThat(Labels.CIFAR_10.classes().wordnetIds()).isEmpty();
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
    assertThat(IMAGENET.classes().wordnetIds().get(index)).isEqualTo(id);
    assertThat(IMAGENET.names().get(index)).isEqualTo(name);
  }
}
