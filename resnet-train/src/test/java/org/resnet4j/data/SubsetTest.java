package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.resnet4j.arch.Shape;

final class SubsetTest {
  private static final ImageSource WHOLE =
      new MemoryImages(7, new Shape(1, 1, 1), MemoryImages.THREE);

  @Test
  void subsetHasTheChosenImages() throws IOException {
    try (ImageSource subset = Subset.of(WHOLE, 5, 1)) {
      assertThat(subset.size()).isEqualTo(2);
      assertThat(subset.read(0).pixels()).containsExactly(5);
      assertThat(subset.label(0)).isEqualTo(2);
    }
  }

  @Test
  void subsetHasTheFirstImagesOfAllOrOfEachClass() throws IOException {
    assertThat(pixels(Subset.first(WHOLE, 2))).containsExactly(0, 1);
    assertThat(pixels(Subset.first(WHOLE, 99))).hasSize(7);
    assertThat(pixels(Subset.firstOfEachClass(WHOLE, 2))).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void indexOutOfRangeIsRefused() {
    assertThatThrownBy(() -> Subset.of(WHOLE, 7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("subset: expected indices from 0 to 6 but there is 7");
  }

  private static int[] pixels(ImageSource source) throws IOException {
    int[] pixels = new int[source.size()];
    for (int i : IntStream.range(0, source.size()).toArray()) {
      pixels[i] = source.read(i).pixels()[0];
    }
    return pixels;
  }
}
