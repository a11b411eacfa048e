package org.resnet4j.data.sets;

import java.io.IOException;
import org.resnet4j.data.ImageSource;

/**
 * A split of a dataset, ready to be read.
 *
 * @param origin where it was found and how much of it, for people
 * @param fingerprint SHA-256 that identifies the data: of the uncompressed files, one after the
 *     other; or, for a folder of images, of the list of their relative paths and lengths
 */
public record OpenDataset(
    DatasetSpec spec, Split split, ImageSource source, String origin, String fingerprint)
    implements AutoCloseable {
  @Override
  public void close() throws IOException {
    source.close();
  }
}
