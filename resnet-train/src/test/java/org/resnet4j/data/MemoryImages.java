package org.resnet4j.data;

import java.util.List;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Image;

/** Synthetic images; every pixel of image {@code i} starts from {@code i}. */
record MemoryImages(int size, Shape shape, List<String> classes) implements ImageSource {
  static final List<String> THREE = List.of("zero", "one", "two");

  @Override
  public int label(int index) {
    return index % classes.size();
  }

  @Override
  public Image read(int index) {
    byte[] pixels = new byte[Math.toIntExact(shape.size())];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (index + 7 * i);
    }
    return new Image(shape, pixels);
  }

  @Override
  public void close() {}
}
