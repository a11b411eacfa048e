package org.resnet4j.onednn;

import java.util.SplittableRandom;

/** A window of a convolution or pooling, for images of a given size. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RandomWindow(
    int rows,
    int columns,
    int[] kernel,
    int[] stride,
    int[] dilation,
    int[] padding,
    boolean same) {
  /** Returns a window that the engine accepts, though perhaps not on an image of this size. */
  static RandomWindow of(SplittableRandom random, int rows, int columns, boolean dilated) {
    boolean same = random.nextInt(4) == 0;
    boolean tame = random.nextInt(3) == 0;
    int[][] pairs = new int[4][2];
    for (int axis = 0; axis < 2; axis++) {
      pairs[0][axis] = 1 + random.nextInt(random.nextInt(8) == 0 ? 7 : 5);
      pairs[1][axis] = 1 + random.nextInt(tame ? 2 : 4);
      pairs[2][axis] = dilated && !tame ? 1 + random.nextInt(3) : 1;
      pairs[3][axis] = same ? 0 : random.nextInt(tame ? (pairs[0][axis] + 1) / 2 : 5);
      if (same) {
        // Strides that leave out more than a pixel are refused.
        int extent = (pairs[0][axis] - 1) * pairs[2][axis] + 1;
        pairs[1][axis] = Math.min(pairs[1][axis], extent + 1);
      }
      if (!dilated) {
        // Poolings of padding only are refused too.
        pairs[3][axis] = Math.min(pairs[3][axis], pairs[0][axis] - 1);
      }
    }
    return new RandomWindow(rows, columns, pairs[0], pairs[1], pairs[2], pairs[3], same);
  }

  boolean fits(int channels) {
    return outputs(1) > 0 && outputs(channels) <= RandomShape.MOST;
  }

  int outputs(int channels) {
    return channels * along(0, rows) * along(1, columns);
  }

  private int along(int axis, int size) {
    int extent = (kernel[axis] - 1) * dilation[axis] + 1;
    int room = size + 2 * padding[axis] - extent;
    return same ? (size - 1) / stride[axis] + 1 : room < 0 ? 0 : room / stride[axis] + 1;
  }

  @Override
  public String toString() {
    return ("k" + kernel[0] + "x" + kernel[1] + " s" + stride[0] + "," + stride[1])
        + (" d" + dilation[0] + "," + dilation[1])
        + (same ? " same" : " p" + padding[0] + "," + padding[1]);
  }
}
