package org.resnet4j.data;

import java.io.IOException;
import java.util.List;
import java.util.random.RandomGenerator;
import org.resnet4j.arch.Shape;

/**
 * Makes the numbers of one batch: reads, transforms, normalises.
 *
 * @param shape of every transformed image
 * @param table {@code [channel][byte]}, normalised
 */
record BatchMaker(
    ImageSource source,
    List<Transform> transforms,
    Randomness randomness,
    Shape shape,
    float[][] table) {

  /** The shape is that of the first image, transformed. */
  static BatchMaker of(
      ImageSource source, List<Transform> transforms, ChannelStats stats, Randomness randomness)
      throws IOException {
    Shape shape = transformed(source.read(0), transforms, randomness.generator(0, 0)).shape();
    stats.require(shape);
    return new BatchMaker(source, transforms, randomness, shape, stats.table(shape.channels()));
  }

  /**
   * A batch before it becomes arrays.
   *
   * @param features {@code [N, C, H, W]}
   * @param labels {@code [N, classes]}, one-hot
   */
  record Numbers(int count, float[] features, float[] labels) {}

  /** The images {@code order[from]} to {@code order[to - 1]} as they look in {@code epoch}. */
  Numbers numbers(int[] order, int from, int to, int epoch) throws IOException {
    int length = Math.toIntExact(shape.size());
    int classes = source.classes().size();
    float[] features = new float[Math.multiplyExact(to - from, length)];
    float[] labels = new float[Math.multiplyExact(to - from, classes)];
    for (int i = from; i < to; i++) {
      int index = order[i];
      Image image = transformed(source.read(index), transforms, randomness.generator(epoch, index));
      require(index, image.shape());
      normalise(image, features, (i - from) * length);
      labels[(i - from) * classes + source.label(index)] = 1;
    }
    return new Numbers(to - from, features, labels);
  }

  private void normalise(Image image, float[] features, int offset) {
    int plane = shape.height() * shape.width();
    for (int c = 0; c < shape.channels(); c++) {
      for (int i = c * plane; i < (c + 1) * plane; i++) {
        features[offset + i] = table[c][image.pixels()[i] & 0xff];
      }
    }
  }

  private void require(int index, Shape actual) {
    if (!actual.equals(shape)) {
      throw new IllegalArgumentException(
          "image %d: expected %s like image 0 but was %s after the transforms; add a Resize, or Channels"
              .formatted(index, shape, actual));
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
