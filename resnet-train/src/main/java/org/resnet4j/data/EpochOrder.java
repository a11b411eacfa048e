package org.resnet4j.data;

/**
 * The images of an epoch, in their order.
 *
 * @param indices of the images in the dataset
 * @param repetitions how often the image of each place came before in the epoch
 */
record EpochOrder(int[] indices, int[] repetitions) {
  /** Returns the order of indices below {@code images}. */
  static EpochOrder of(int[] indices, int images) {
    int[] count = new int[images];
    int[] repetitions = new int[indices.length];
    for (int place = 0; place < indices.length; place++) {
      repetitions[place] = count[indices[place]]++;
    }
    return new EpochOrder(indices, repetitions);
  }
}
