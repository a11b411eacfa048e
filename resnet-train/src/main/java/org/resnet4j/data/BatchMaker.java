package org.resnet4j.data;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImagePipeline;

/**
 * Makes one batch: reads its images and takes them through the pipeline.
 *
 * @param table of the pipeline's normalisation
 */
record BatchMaker(
    ImageSource source, ImagePipeline pipeline, EpochSeeds randomness, float[][] table) {

  static BatchMaker of(ImageSource source, ImagePipeline pipeline, EpochSeeds randomness) {
    int channels = pipeline.output().channels();
    return new BatchMaker(source, pipeline, randomness, pipeline.normalization().table(channels));
  }

  /** Returns the shape of every image of a batch. */
  Shape shape() {
    return pipeline.output();
  }

  /**
   * Returns the images {@code order[from]} to {@code order[to - 1]} as they look in {@code epoch}:
   * features {@code [N, C, H, W]} and one-hot labels {@code [N, classes]}. The calling thread must
   * have no workspace open.
   */
  DataSet batch(int[] order, int from, int to, int epoch) throws IOException {
    int count = to - from;
    Shape shape = shape();
    int length = Math.toIntExact(shape.size());
    int classes = source.classes().size();
    INDArray features =
        Nd4j.createUninitialized(
            DataType.FLOAT, count, shape.channels(), shape.height(), shape.width());
    FloatBuffer pixels = features.data().asNioFloat();
    float[] normalised = new float[length];
    float[] labels = new float[Math.multiplyExact(count, classes)];
    for (int i = 0; i < count; i++) {
      int index = order[from + i];
      RandomGenerator random = randomness.generator(epoch, index, from + i);
      pipeline.normalization().write(image(index, random), table, normalised);
      pixels.put(i * length, normalised);
      labels[i * classes + source.label(index)] = 1;
    }
    return new DataSet(features, Nd4j.create(labels, new long[] {count, classes}, DataType.FLOAT));
  }

  private Image image(int index, RandomGenerator random) throws IOException {
    try {
      return source.read(index, read -> pipeline.image(read, random));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(source.name(index) + ": " + e.getMessage(), e);
    }
  }
}
