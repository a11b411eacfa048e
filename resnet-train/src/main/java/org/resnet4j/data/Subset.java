package org.resnet4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.resnet4j.image.Image;

/** A selection of another source's images; closing it closes that source. */
public final class Subset implements ImageSource {
  private final ImageSource whole;
  private final int[] indices;

  private Subset(ImageSource whole, int[] indices) {
    this.whole = whole;
    this.indices = indices;
  }

  /** Returns the images at zero-based {@code indices}, in this order. */
  public static ImageSource of(ImageSource whole, int... indices) {
    for (int index : indices) {
      if (index < 0 || index >= whole.size()) {
        throw new IllegalArgumentException(
            "subset: expected indices from 0 to %s but there is %s"
                .formatted(whole.size() - 1, index));
      }
    }
    return new Subset(whole, indices.clone());
  }

  /** Returns the first {@code count} images, or all if there are fewer. */
  static ImageSource first(ImageSource whole, int count) {
    return of(whole, IntStream.range(0, Math.min(count, whole.size())).toArray());
  }

  /**
   * Returns the first {@code count} images of every class, or all of a class that has fewer.
   *
   * @throws IllegalArgumentException when images have several labels
   */
  public static ImageSource firstOfEachClass(ImageSource whole, int count) {
    if (whole.isMultiLabel()) {
      throw new IllegalArgumentException(
          "images per class: expected 0, for all images, where an image has several labels, but was %s; set imagesPerClass=0"
              .formatted(count));
    }
    int[] seen = new int[whole.classes().size()];
    return of(
        whole,
        IntStream.range(0, whole.size()).filter(i -> seen[whole.label(i)]++ < count).toArray());
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public List<String> classes() {
    return whole.classes();
  }

  @Override
  public int label(int index) {
    return whole.label(indices[index]);
  }

  @Override
  public boolean isMultiLabel() {
    return whole.isMultiLabel();
  }

  @Override
  public int[] labels(int index) {
    return whole.labels(indices[index]);
  }

  @Override
  public Image read(int index) throws IOException {
    return whole.read(indices[index]);
  }

  @Override
  public <T> T read(int index, Function<Image, T> use) throws IOException {
    return whole.read(indices[index], use);
  }

  @Override
  public String name(int index) {
    return whole.name(indices[index]);
  }

  @Override
  public Optional<Path> file(int index) {
    return whole.file(indices[index]);
  }

  @Override
  public void close() throws IOException {
    whole.close();
  }
}
