package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.HorizontalFlip;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Normalization;
import org.resnet4j.image.RandomCrop;
import org.resnet4j.mixing.CutMix;
import org.resnet4j.mixing.Mixing;
import org.resnet4j.mixing.Mixup;

/** Mixing, label smoothing and repeated augmentation of batches. */
class BatchesMixingTest {
  private static final Shape SHAPE = new Shape(3, 4, 5);
  private static final ImageSource TWELVE = new MemoryImages(12, SHAPE, MemoryImages.THREE);
  private static final ImagePipeline PIPELINE = ImagePipeline.exact(SHAPE, Normalization.UNIT);

  private static BatchesBuilder batches() {
    return Batches.of(TWELVE).size(4).shuffle(7).pipeline(PIPELINE);
  }

  private static List<DataSet> epoch(Batches batches, int epoch) {
    batches.startEpoch(epoch);
    List<DataSet> all = new ArrayList<>();
    batches.forEachRemaining(all::add);
    return all;
  }

  private static List<DataSet> epoch(BatchesBuilder builder, int epoch) throws IOException {
    try (Batches batches = builder.build()) {
      return epoch(batches, epoch);
    }
  }

  @Test
  void mixedBatchesAreWeightedSumsOfTheBatchesWithoutMixing() throws IOException {
    List<DataSet> plain = epoch(batches(), 3);
    List<DataSet> mixed = epoch(batches().mixing(Mixing.of(new Mixup(1))), 3);
    List<Double> shares = new ArrayList<>();
    for (int i = 0; i < plain.size(); i++) {
      INDArray before = plain.get(i).getFeatures();
      INDArray rolled = before.get(NDArrayIndex.indices(3, 0, 1, 2));
      INDArray labels = plain.get(i).getLabels();
      INDArray rolledLabels = labels.get(NDArrayIndex.indices(3, 0, 1, 2));
      INDArray after = mixed.get(i).getFeatures();
      double share = solve(before, rolled, after);
      shares.add(share);
      assertNear(after, before.mul(share).add(rolled.mul(1 - share)));
      assertNear(mixed.get(i).getLabels(), labels.mul(share).add(rolledLabels.mul(1 - share)));
    }
    assertThat(shares).doesNotHaveDuplicates();
  }

  /** Returns λ of least squares of {@code after = λ·own + (1 − λ)·other}. */
  private static double solve(INDArray own, INDArray other, INDArray after) {
    INDArray difference = own.sub(other);
    return after.sub(other).mul(difference).sumNumber().doubleValue()
        / difference.mul(difference).sumNumber().doubleValue();
  }

  private static void assertNear(INDArray actual, INDArray expected) {
    assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(1e-5);
  }

  @Test
  void mixingDependsOnNeitherThreadsNorEarlierEpochs() throws IOException {
    Mixing mixing = Mixing.of(new Mixup(0.2), new CutMix(1));
    try (Batches one = batches().mixing(mixing).smoothing(0.1).threads(1).queue(1).build();
        Batches four = batches().mixing(mixing).smoothing(0.1).threads(4).queue(7).build()) {
      List<DataSet> first = epoch(one, 0);
      List<DataSet> second = epoch(one, 1);
      four.next();
      assertThat(epoch(four, 1)).isEqualTo(second).isNotEqualTo(first);
      assertThat(epoch(four, 0)).isEqualTo(first);
    }
  }

  @Test
  void smoothedLabelsAreAsCrossEntropyLossOfPyTorchMakesThem() throws IOException {
    INDArray labels = epoch(batches().smoothing(0.1), 0).get(0).getLabels();
    for (float[] row : labels.toFloatMatrix()) {
      Arrays.sort(row);
      assertThat(row)
          .containsExactly(new float[] {0.1f / 3, 0.1f / 3, 0.9f + 0.1f / 3}, within(1e-7f));
    }
    List<DataSet> mixed = epoch(batches().mixing(Mixing.of(new Mixup(1))), 2);
    List<DataSet> both = epoch(batches().mixing(Mixing.of(new Mixup(1))).smoothing(0.3), 2);
    for (int i = 0; i < mixed.size(); i++) {
      assertThat(both.get(i).getFeatures()).isEqualTo(mixed.get(i).getFeatures());
      assertNear(both.get(i).getLabels(), mixed.get(i).getLabels().mul(0.7).add(0.1));
    }
  }

  /** The indices of images are the values of their first pixels. */
  private static List<Integer> images(DataSet batch) {
    return IntStream.range(0, batch.numExamples())
        .map(i -> Math.round(batch.getFeatures().getFloat(i, 0, 0, 0) * 255))
        .boxed()
        .toList();
  }

  @Test
  void repeatedImagesAreThoseOfTimmsSamplerWithOneWorker() throws IOException {
    List<Integer> order = epoch(batches(), 1).stream().flatMap(b -> images(b).stream()).toList();
    List<DataSet> repeated = epoch(batches().repeats(3), 1);
    assertThat(repeated).hasSize(3);
    for (int batch = 0; batch < 3; batch++) {
      int from = 4 * batch;
      List<Integer> expected =
          IntStream.range(from, from + 4).mapToObj(i -> order.get(i / 3)).toList();
      assertThat(images(repeated.get(batch))).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void repeatedImagesAreAugmentedAnewAndApartInTheBatch() throws IOException {
    ImagePipeline augmented = PIPELINE.augmented(new RandomCrop(3), new HorizontalFlip());
    List<Integer> order = images(epoch(batches().size(12), 0).get(0)).subList(0, 6);
    List<Integer> twice = images(epoch(batches().size(12).repeats(2), 0).get(0));
    assertThat(twice.subList(0, 6)).isEqualTo(order);
    assertThat(twice.subList(6, 12)).isEqualTo(order);

    INDArray pixels =
        epoch(batches().size(12).repeats(2).pipeline(augmented), 0).get(0).getFeatures();
    int different = 0;
    for (int i = 0; i < 6; i++) {
      different += pixels.slice(i).equals(pixels.slice(i + 6)) ? 0 : 1;
    }
    assertThat(different).isGreaterThanOrEqualTo(5); // of 98 ways to change an image
    assertThat(epoch(batches().size(12).repeats(2).pipeline(augmented).threads(4), 0).get(0))
        .isEqualTo(epoch(batches().size(12).repeats(2).pipeline(augmented).threads(1), 0).get(0));
  }

  @Test
  void repeatsCombineWithBalancedSamplingAndDroppedBatches() throws IOException {
    BatchesBuilder builder = batches().size(5).balanced().repeats(2).last(LastBatch.DROP);
    List<DataSet> batches = epoch(builder.mixing(Mixing.of(new CutMix(1))), 0);
    assertThat(batches).hasSize(2);
    List<DataSet> whole = epoch(batches().size(12).balanced().repeats(2), 0);
    assertThat(whole.get(0).getLabels().sum(0).toFloatVector()).containsExactly(4, 4, 4);
    assertThat(images(whole.get(0)).stream().distinct()).hasSize(6);
  }

  @Test
  void invalidOptionsAreRefused() {
    assertThatThrownBy(() -> batches().smoothing(1))
        .hasMessage("label smoothing: expected a value in [0, 1) but was 1.0");
    assertThatThrownBy(() -> batches().repeats(0))
        .hasMessage("repeats: expected at least 1 but was 0");
    assertThatThrownBy(() -> Batches.of(TWELVE).repeats(3).build())
        .hasMessage(
            "repeats: expected a random order, without which only the first of every 3 images would be used; shuffle the batches");
  }
}
