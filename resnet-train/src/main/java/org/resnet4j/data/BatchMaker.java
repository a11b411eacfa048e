package org.resnet4j.data;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Image;
import org.resnet4j.image.Transform;

/**
 * Makes one batch: reads, transforms and normalises its images.
 *
 * @param shape of every image after its transforms
 * @param table normalised value of every byte: {@code [channel][byte]}
 */
record BatchMaker(
    ImageSource source,
    List<Transform> transforms,
    EpochSeeds randomness,
    Shape shape,
    float[][] table) {

  /** Returns a maker whose shape is that of the first image after its transforms. */
  static BatchMaker of(
      ImageSource source, List<Transform> transforms, ChannelStats stats, EpochSeeds randomness)
      throws IOException {
    RandomGenerator random = randomness.generator(0, 0);
    Shape shape = source.read(0, image -> transformed(image, transforms, random)).shape();
    stats.require(shape);
    return new BatchMaker(source, transforms, randomness, shape, stats.table(shape.channels()));
  }

  /**
   * Returns the images {@code order[from]} to {@code order[to - 1]} as they look in {@code epoch}:
   * features {@code [N, C, H, W]} and one-hot labels {@code [N, classes]}. The calling thread must
   * have no workspace open.
   */
  DataSet batch(int[] order, int from, int to, int epoch) throws IOException {
    int count = to - from;
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
      RandomGenerator random = randomness.generator(epoch, index);
      Image image = source.read(index, read -> transformed(read, transforms, random));
      require(index, image.shape());
      normalise(image.pixels(), normalised);
      pixels.put(i * length, normalised);
      labels[i * classes + source.label(index)] = 1;
    }
    return new DataSet(features, Nd4j.create(labels, new long[] {count, classes}, DataType.FLOAT));
  }

  private void normalise(byte[] pixels, float[] normalised) {
    int plane = shape.height() * shape.width();
    for (int c = 0; c < shape.channels(); c++) {
      float[] values = table[c];
      for (int i = c * plane; i < (c + 1) * plane; i++) {
        normalised[i] = values[pixels[i] & 0xff];
      }
    }
  }

  private void require(int index, Shape actual) {
    if (!actual.equals(shape)) {
      throw new IllegalArgumentException(
          source.name(index)
              + ": expected "
              + shape
              + " like "
              + source.name(0)
              + " but was "
              + actual
              + " after the transforms; add a Resize, or Channels");
    }
  }

  private static Image transformed(
      Image image, List<Transform> transforms, RandomGenerator random) {
    Image result = image;
    for (Transform transform : transforms) {
      result = transform.apply(result, random);
    }
    return result;
  }
}
