package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.DataFormatException;
import org.resnet4j.image.HorizontalFlip;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Normalization;
import org.resnet4j.image.RandomCrop;

final class BatchesTest {
  private static final Shape SHAPE = new Shape(3, 4, 5);
  private static final ImageSource TEN = new MemoryImages(10, SHAPE, MemoryImages.THREE);

  private static final ImagePipeline PIPELINE = ImagePipeline.exact(SHAPE, Normalization.UNIT);

  @Test
  void batchesAreNormalisedInTheOrderOfTheSource() throws IOException {
    ChannelStats stats =
        new ChannelStats("t", "t", List.of(0.5, 0.25, 0.125), List.of(0.25, 0.5, 1.0));
    try (Batches batches =
        Batches.of(TEN)
            .size(4)
            .pipeline(ImagePipeline.exact(SHAPE, stats.normalization()))
            .build()) {
      DataSet first = batches.next();
      assertThat(first.getFeatures().shape()).containsExactly(4, 3, 4, 5);
      assertThat(first.getLabels().shape()).containsExactly(4, 3);
      int pixel = 2 + 7 * (20 + 5 + 3); // image 2, channel 1, row 1, column 3
      assertThat(first.getFeatures().getFloat(2, 1, 1, 3)).isEqualTo((pixel / 255f - 0.25f) / 0.5f);
      assertThat(first.getLabels().toFloatMatrix()[2]).containsExactly(0, 0, 1);
      assertThat(batches.next().getLabels().toFloatMatrix()[0]).containsExactly(0, 1, 0);
      assertThat(batches.next().numExamples()).isEqualTo(2);
      assertThat(batches.hasNext()).isFalse();
    }
  }

  @Test
  void partialBatchIsDroppedOnRequest() throws IOException {
    try (Batches batches = Batches.of(TEN).size(4).last(LastBatch.DROP).build()) {
      assertThat(valuesOf(batches)).hasSize(8);
      assertThat(batches.batchesPerEpoch()).isEqualTo(2);
      assertThat(batches.imagesPerEpoch()).isEqualTo(8);
    }
  }

  @Test
  void pixelsDependOnNeitherThreadsNorEarlierEpochs() throws IOException {
    try (Batches one = shuffled().threads(1).queue(1).build();
        Batches four = shuffled().threads(4).queue(7).build()) {
      List<List<Float>> first = valuesOf(one);
      one.reset();
      List<List<Float>> second = valuesOf(one);
      assertThat(valuesOf(four)).isEqualTo(first).isNotEqualTo(second);
      four.startEpoch(5);
      four.next();
      four.startEpoch(1);
      assertThat(valuesOf(four)).isEqualTo(second);
      assertThat(four.epoch()).isEqualTo(1);
    }
  }

  @Test
  void everyImageIsUsedOncePerEpoch() throws IOException {
    try (Batches batches = Batches.of(TEN).size(3).shuffle(1).build()) {
      assertThat(valuesOf(batches).stream().map(image -> Math.round(image.get(0) * 255)))
          .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }
  }

  @Test
  void resetSkipsNoUnusedEpoch() throws IOException {
    try (Batches batches = shuffled().build()) {
      batches.reset();
      batches.reset();
      assertThat(batches.epoch()).isZero();
      batches.next();
      batches.reset();
      batches.reset();
      assertThat(batches.epoch()).isEqualTo(1);
    }
  }

  @Test
  void batchesThatAreLentAreFreedWithTheNext() throws IOException {
    List<DataSet> seen = new ArrayList<>();
    try (Batches batches = Batches.of(TEN).size(4).lent().build()) {
      while (batches.hasNext()) {
        seen.add(batches.next());
        assertThat(isFreed(seen.get(seen.size() - 1))).isFalse();
      }
      assertThat(seen).extracting(BatchesTest::isFreed).containsExactly(true, true, false);
    }
    assertThat(seen).allMatch(BatchesTest::isFreed);
  }

  @Test
  void batchesThatAreNotLentAreKept() throws IOException {
    DataSet first;
    try (Batches batches = Batches.of(TEN).size(4).build()) {
      first = batches.next();
      batches.next();
    }
    assertThat(isFreed(first)).isFalse();
  }

  private static boolean isFreed(DataSet batch) {
    return batch.getFeatures().wasClosed() && batch.getLabels().wasClosed();
  }

  @Test
  void messageOfTheReaderIsUnchanged() throws IOException {
    ImageSource source =
        new Failing(TEN, 5, new DataFormatException("x.bin: offset 7: expected a but was b; c"));
    try (Batches batches = Batches.of(source).size(2).build()) {
      batches.next();
      batches.next();
      assertThatThrownBy(batches::next)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage("x.bin: offset 7: expected a but was b; c");
    }
  }

  @Test
  void invalidBatchOptionsAreRefused() {
    assertThatThrownBy(() -> Batches.of(TEN).size(11).last(LastBatch.DROP).build())
        .hasMessage(
            "batches: expected at least one batch of 11 images but there are 10; choose a smaller batch or keep the last");
    assertThatThrownBy(() -> Batches.of(TEN).size(0))
        .hasMessage("batch size: expected at least 1 but was 0");
  }

  @Test
  void abandonedIteratorsStopTheirThreads() throws Exception {
    Batches.of(TEN).size(1).threads(3).build().next();
    for (int i = 0; i < 100 && workers() > 0; i++) {
      Thread.sleep(50);
    }
    assertThat(workers()).isZero();
  }

  private static long workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("resnet4j-batches"))
        .count();
  }

  private static BatchesBuilder shuffled() {
    return Batches.of(TEN)
        .size(3)
        .shuffle(7)
        .pipeline(PIPELINE.augmented(new RandomCrop(2), new HorizontalFlip()));
  }

  /** Returns the values of each image as a list. */
  private static List<List<Float>> valuesOf(Batches batches) {
    List<List<Float>> images = new ArrayList<>();
    while (batches.hasNext()) {
      INDArray features = batches.next().getFeatures();
      INDArray flat = features.reshape(features.size(0), -1);
      for (float[] image : flat.toFloatMatrix()) {
        List<Float> values = new ArrayList<>();
        for (float value : image) {
          values.add(value);
        }
        images.add(values);
      }
    }
    return images;
  }

  /** A source that cannot read one of its images. */
  private record Failing(ImageSource source, int failing, IOException failure)
      implements ImageSource {
    @Override
    public int size() {
      return source.size();
    }

    @Override
    public List<String> classes() {
      return source.classes();
    }

    @Override
    public int label(int index) {
      return source.label(index);
    }

    @Override
    public Image read(int index) throws IOException {
      if (index == failing) {
        throw failure;
      }
      return source.read(index);
    }

    @Override
    public void close() throws IOException {
      source.close();
    }
  }
}
