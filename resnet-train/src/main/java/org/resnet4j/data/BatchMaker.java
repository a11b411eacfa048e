package org.resnet4j.data;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.mixing.MixedBatch;
import org.resnet4j.mixing.Mixing;

/**
 * Makes one batch: reads its images, takes them through the pipeline, mixes them and smooths their
 * labels.
 *
 * @param sides of the images by epoch; 0 for that of the pipeline
 * @param table of the pipeline's normalisation
 * @param kept images between the fixed and the random part of the pipeline; null to read all anew
 */
record BatchMaker(
    ImageSource source,
    ImagePipeline pipeline,
    IntUnaryOperator sides,
    EpochSeeds randomness,
    Labelling labelling,
    float[][] table,
    @Nullable KeptImages kept) {

  /**
   * The treatment of the one-hot or multi-hot labels of a batch.
   *
   * @param smoothing ε, the share of a label that all classes get alike
   */
  record Labelling(Mixing mixing, double smoothing) {}

  static BatchMaker of(
      ImageSource source,
      ImagePipeline pipeline,
      IntUnaryOperator sides,
      EpochSeeds randomness,
      Labelling labelling,
      @Nullable KeptImages kept) {
    float[][] table = pipeline.normalization().table(pipeline.output().channels());
    return new BatchMaker(source, pipeline, sides, randomness, labelling, table, kept);
  }

  /** Returns the shape of every image of a batch. */
  Shape shape() {
    return pipeline.output();
  }

  /**
   * Returns the images at the places {@code from} to {@code to - 1} as they look in {@code epoch}:
   * features {@code [N, C, H, W]} and labels {@code [N, classes]}. The calling thread must have no
   * workspace open.
   */
  DataSet batch(EpochOrder order, int from, int to, int epoch) throws IOException {
    int count = to - from;
    int side = sides.applyAsInt(epoch);
    ImagePipeline ofEpoch = side == 0 ? pipeline : pipeline.ofSide(side);
    Shape shape = ofEpoch.output();
    int length = Math.toIntExact(shape.size());
    int classes = source.classes().size();
    INDArray features =
        Nd4j.createUninitialized(
            DataType.FLOAT, count, shape.channels(), shape.height(), shape.width());
    FloatBuffer pixels = features.data().asNioFloat();
    float[] normalised = new float[length];
    float[] labels = new float[Math.multiplyExact(count, classes)];
    for (int i = 0; i < count; i++) {
      int place = from + i;
      int index = order.indices()[place];
      RandomGenerator random = randomness.generator(epoch, index, place);
      boolean mirrored = randomness.mirrors(epoch, index, order.repetitions()[place]);
      Image image = image(index, ofEpoch, fitted -> ofEpoch.augmented(fitted, random, mirrored));
      pipeline.normalization().write(image, table, normalised);
      pixels.put(i * length, normalised);
      for (int label : source.labels(index)) {
        labels[i * classes + label] = 1;
      }
    }
    MixedBatch batch = new MixedBatch(pixels, shape, FloatBuffer.wrap(labels));
    labelling.mixing().apply(batch, randomness.ofBatch(epoch, from));
    smooth(labels, classes);
    return new DataSet(features, Nd4j.create(labels, new long[] {count, classes}, DataType.FLOAT));
  }

  /**
   * Replaces labels y by (1 − ε)·y + ε/K, as {@code CrossEntropyLoss(label_smoothing=ε)} does, and
   * timm's {@code BinaryCrossEntropy(smoothing=ε)} with every one of several labels.
   */
  private void smooth(float[] labels, int classes) {
    float kept = (float) (1 - labelling.smoothing());
    float all = (float) (labelling.smoothing() / classes);
    if (all > 0) {
      for (int i = 0; i < labels.length; i++) {
        labels[i] = labels[i] * kept + all;
      }
    }
  }

  private Image image(int index, ImagePipeline ofEpoch, Function<Image, Image> augmented)
      throws IOException {
    int side = ofEpoch.output().height();
    try {
      Optional<Image> before = kept == null ? Optional.empty() : kept.find(index, side);
      if (before.isPresent()) {
        return augmented.apply(before.get());
      }
      return source.read(
          index,
          read -> {
            Image fitted = ofEpoch.fitted(read);
            if (kept != null) {
              kept.keep(index, side, fitted);
            }
            return augmented.apply(fitted);
          });
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(source.name(index) + ": " + e.getMessage(), e);
    }
  }

  /** Frees what the images that are kept take. */
  void close() {
    if (kept != null) {
      kept.close();
    }
  }
}
