package org.resnet4j.onednn.ir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WindowTest {
  /** The reference is a loop over every output and every element of its window. */
  @Test
  void windowsThatReadOnlyPaddingAreFoundExactly() {
    SplittableRandom random = new SplittableRandom(1);
    int[] found = new int[2];
    for (int i = 0; i < 20_000; i++) {
      long[][] sides = new long[5][];
      for (int side = 0; side < 5; side++) {
        sides[side] = new long[] {1L + random.nextInt(4), 1};
      }
      long height = 1L + random.nextInt(7);
      Window window =
          new Window(
              sides[0],
              sides[1],
              sides[2],
              new long[] {sides[3][0] - 1, 0},
              new long[] {sides[4][0] - 1, 0});
      boolean alone =
          LongStream.range(0, window.outputs(0, height))
              .anyMatch(
                  output ->
                      LongStream.range(0, window.kernel()[0])
                          .map(
                              place ->
                                  output * window.stride()[0]
                                      + place * window.dilation()[0]
                                      - window.padBegin()[0])
                          .noneMatch(at -> at >= 0 && at < height));
      assertThat(window.readsPaddingAlone(new Value("image", 1, 1, height, 1)))
          .as(i + ": height " + height)
          .isEqualTo(alone);
      assertThat(turned(window).readsPaddingAlone(new Value("image", 1, 1, 1, height)))
          .isEqualTo(alone);
      found[alone ? 1 : 0]++;
    }
    assertThat(found[0]).isGreaterThan(1000);
    assertThat(found[1]).isGreaterThan(1000);
  }

  /** Returns the window with height and width exchanged. */
  private static Window turned(Window window) {
    return new Window(
        turned(window.kernel()),
        turned(window.stride()),
        turned(window.dilation()),
        turned(window.padBegin()),
        turned(window.padEnd()));
  }

  private static long[] turned(long[] sides) {
    return new long[] {sides[1], sides[0]};
  }
}
