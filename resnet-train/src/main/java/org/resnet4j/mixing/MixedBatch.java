package org.resnet4j.mixing;

import java.nio.FloatBuffer;
import org.resnet4j.arch.Shape;

/**
 * The values of a batch, which are changed in place. Every image is combined with its neighbour,
 * the image before it; that of the first is the last, as in {@code torch.roll(batch, 1, 0)}.
 *
 * @param images normalised, {@code [N, C, H, W]}, in C order from index 0
 * @param shape of an image
 * @param labels {@code [N, classes]}, each in [0, 1]
 */
public record MixedBatch(FloatBuffer images, Shape shape, FloatBuffer labels) {
  /** Returns the number of images. */
  int size() {
    return images.capacity() / length();
  }

  private int length() {
    return Math.toIntExact(shape.size());
  }

  /** Replaces every image by {@code share} of itself and the rest of its neighbour. */
  void blendImages(double share) {
    blend(images, length(), share);
  }

  /** Replaces every label by {@code share} of itself and the rest of its neighbour's. */
  void blendLabels(double share) {
    blend(labels, labels.capacity() / size(), share);
  }

  private void blend(FloatBuffer rows, int length, double share) {
    float own = (float) share;
    float rest = (float) (1 - share);
    float[] last = row(rows, length, size() - 1);
    float[] row = last.clone();
    for (int i = size() - 1; i >= 0; i--) {
      float[] neighbour = i == 0 ? last : row(rows, length, i - 1);
      for (int j = 0; j < length; j++) {
        row[j] = row[j] * own + neighbour[j] * rest;
      }
      rows.put(i * length, row);
      row = neighbour;
    }
  }

  private static float[] row(FloatBuffer rows, int length, int index) {
    float[] row = new float[length];
    rows.get(index * length, row);
    return row;
  }

  /** Replaces the pixels of every image in {@code box} by those of its neighbour. */
  void paste(Box box) {
    float[] last = row(images, length(), size() - 1);
    for (int i = size() - 1; i > 0; i--) {
      paste(box, images, (i - 1) * length(), i * length());
    }
    paste(box, FloatBuffer.wrap(last), 0, 0);
  }

  private void paste(Box box, FloatBuffer source, int from, int to) {
    float[] segment = new float[box.right() - box.left()];
    for (int channel = 0; channel < shape.channels(); channel++) {
      for (int y = box.top(); y < box.bottom(); y++) {
        int at = (channel * shape.height() + y) * shape.width() + box.left();
        source.get(from + at, segment);
        images.put(to + at, segment);
      }
    }
  }
}
