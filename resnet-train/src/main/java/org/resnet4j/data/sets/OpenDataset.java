package org.resnet4j.data.sets;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.resnet4j.data.HeldOut;
import org.resnet4j.data.ImageSource;

/**
 * A split of a dataset, ready to be read.
 *
 * @param origin where it was found and how much of it, for people
 * @param fingerprint SHA-256 that identifies the data: of the uncompressed files, one after the
 *     other; or, for a folder of images, of the list of their relative paths and lengths
 * @param heldOut the random split that it is of; null if it is an official one, or the usual one of
 *     a folder or list
 * @param leftOut paths of the images left out, relative to the dataset's folder
 */
public record OpenDataset(
    DatasetSpec spec,
    Split split,
    ImageSource source,
    String origin,
    String fingerprint,
    @Nullable HeldOut heldOut,
    List<String> leftOut)
    implements AutoCloseable {
  public OpenDataset {
    leftOut = List.copyOf(leftOut);
  }

  /** Creates an official split. */
  OpenDataset(
      DatasetSpec spec, Split split, ImageSource source, String origin, String fingerprint) {
    this(spec, split, source, origin, fingerprint, null, List.of());
  }

  /**
   * Returns one of the two parts into which {@code how} divides these training images.
   *
   * @throws IOException when a class has fewer than two images; this is then closed
   */
  OpenDataset held(HeldOut how, Split part) throws IOException {
    try {
      ImageSource images = how.select(source, spec.name(), part == Split.TEST);
      String origin =
          String.format(
              Locale.ROOT,
              "%s, of which a random %s of every class is for the test: %,d %s images",
              this.origin,
              how.percent(),
              images.size(),
              part.adjective());
      return new OpenDataset(
          spec, part, images, origin, Fingerprint.ofSplit(fingerprint, how), how, leftOut);
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
