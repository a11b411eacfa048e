package org.resnet4j.data;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.resnet4j.image.Image;

/** The images of an IDX file, read by position. */
record IdxSource(StoredBytes images, IdxHeader header, Labels labels) implements ImageSource {
  @Override
  public int size() {
    return labels.size();
  }

  @Override
  public List<String> classes() {
    return labels.classes();
  }

  @Override
  public int label(int index) {
    return labels.at(index);
  }

  @Override
  public Image read(int index) throws IOException {
    int length = header.imageLength();
    long offset = IdxHeader.IMAGE_BYTES + (long) Objects.checkIndex(index, size()) * length;
    return new Image(header.shape(), images.read(offset, length));
  }

  @Override
  public void close() throws IOException {
    images.close();
  }
}
