package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.AlternatingFlip;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Normalization;
import org.resnet4j.image.RandomCrop;

/** The law of Jordan 2024 (arXiv:2404.00498), section 3.6: two epochs show an image both ways. */
final class AlternatingFlipTest {
  private static final int IMAGES = 10_000;
  private static final Shape SHAPE = new Shape(1, 3, 2);
  private static final ImagePipeline FLIPPED =
      ImagePipeline.exact(SHAPE, Normalization.UNIT).augmented(new AlternatingFlip());

  /** Images whose rows are the two bytes of their index, and 0 and 1, left and right. */
  private record Numbered(int size, int ofFirst) implements ImageSource {
    @Override
    public List<String> classes() {
      return List.of("first", "others");
    }

    @Override
    public int label(int index) {
      return index < ofFirst ? 0 : 1;
    }

    @Override
    public Image read(int index) {
      byte high = (byte) (index >> 8);
      byte low = (byte) index;
      return new Image(SHAPE, new byte[] {high, high, low, low, 0, 1});
    }

    @Override
    public void close() {}
  }

  /** Returns the ways in which each image is seen in an epoch: whether it is mirrored. */
  private static Map<Integer, List<Boolean>> ways(BatchesBuilder builder, int epoch)
      throws IOException {
    Map<Integer, List<Boolean>> ways = new HashMap<>();
    try (Batches batches = builder.pipeline(FLIPPED).build()) {
      batches.startEpoch(epoch);
      while (batches.hasNext()) {
        INDArray features = batches.next().getFeatures();
        for (float[] image : features.reshape(features.size(0), -1).toFloatMatrix()) {
          int index = Math.round(image[0] * 255) << 8 | Math.round(image[2] * 255);
          boolean mirrored = image[4] > image[5];
          ways.computeIfAbsent(index, every -> new ArrayList<>()).add(mirrored);
        }
      }
    }
    return ways;
  }

  private static BatchesBuilder shuffled(int images) {
    return Batches.of(new Numbered(images, images / 10)).size(100).shuffle(3);
  }

  @Test
  void twoEpochsShowEveryImageBothWays() throws IOException {
    Map<Integer, List<Boolean>> first = ways(shuffled(IMAGES), 0);
    assertThat(first).hasSize(IMAGES);
    for (int epoch = 1; epoch < 6; epoch++) {
      Map<Integer, List<Boolean>> next = ways(shuffled(IMAGES), epoch);
      boolean same = epoch % 2 == 0;
      first.forEach(
          (index, way) ->
              assertThat(next.get(index)).containsExactly(same ? way.get(0) : !way.get(0)));
    }
  }

  /** Four standard deviations of a share of 10,000 fair coins are 0.02. */
  @Test
  void firstEpochMirrorsHalfOfTheImages() throws IOException {
    List<Boolean> ways = new ArrayList<>();
    ways(shuffled(IMAGES), 0).values().forEach(ways::addAll);
    assertThat(ways.stream().filter(way -> way).count() / (double) IMAGES).isBetween(0.48, 0.52);
    Map<Integer, List<Boolean>> other = ways(shuffled(IMAGES).shuffle(4), 0);
    Map<Integer, List<Boolean>> one = ways(shuffled(IMAGES), 0);
    long equal = one.entrySet().stream().filter(other.entrySet()::contains).count();
    assertThat(equal / (double) IMAGES).isBetween(0.48, 0.52);
  }

  @Test
  void repeatedImageIsShownBothWaysInOneEpoch() throws IOException {
    Map<Integer, List<Boolean>> even = ways(shuffled(1000).repeats(4), 0);
    assertThat(even).hasSize(250);
    even.values()
        .forEach(ways -> assertThat(ways).containsExactlyInAnyOrder(true, true, false, false));
  }

  /** Images of the small class are drawn five times an epoch, of the large one 0.56 times. */
  @Test
  void balancedEpochsShowImagesOfSmallClassesEquallyOftenEachWay() throws IOException {
    Map<Integer, List<Boolean>> first = ways(shuffled(1000).balanced(), 0);
    Map<Integer, List<Boolean>> second = ways(shuffled(1000).balanced(), 1);
    for (int index = 0; index < 100; index++) {
      List<Boolean> both = new ArrayList<>(first.get(index));
      both.addAll(second.get(index));
      assertThat(first.get(index)).hasSize(5).contains(true, false);
      assertThat(both.stream().filter(way -> way)).hasSize(5);
    }
  }

  /** Random crops draw from the generator that an alternating flip leaves alone. */
  @Test
  void pixelsDependOnNeitherThreadsNorEarlierEpochs() throws IOException {
    ImagePipeline both = FLIPPED.augmented(new AlternatingFlip(), new RandomCrop(1));
    try (Batches one = shuffled(500).pipeline(both).threads(1).build();
        Batches four = shuffled(500).pipeline(both).threads(4).build()) {
      for (int epoch = 0; epoch < 3; epoch++) {
        one.startEpoch(epoch);
        while (one.hasNext()) {
          one.next();
        }
      }
      one.reset();
      four.startEpoch(3);
      for (int batch = 0; batch < 5; batch++) {
        assertThat(four.next()).isEqualTo(one.next());
      }
    }
  }
}
