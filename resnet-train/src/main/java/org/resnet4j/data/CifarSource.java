package org.resnet4j.data;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Image;

/**
 * The images of CIFAR files, read by position.
 *
 * @param shape of each image
 * @param pixelsAt bytes of labels before the pixels of a record
 * @param ends cumulative number of records up to the end of each file
 */
record CifarSource(Shape shape, int pixelsAt, List<StoredBytes> files, int[] ends, Labels labels)
    implements ImageSource {
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
    Objects.checkIndex(index, size());
    int file = 0;
    while (index >= ends[file]) {
      file++;
    }
    long record = file == 0 ? index : index - ends[file - 1];
    int length = Math.toIntExact(shape.size());
    long offset = record * (pixelsAt + length) + pixelsAt;
    return new Image(shape, files.get(file).read(offset, length));
  }

  @Override
  public void close() throws IOException {
    for (StoredBytes file : files) {
      file.close();
    }
  }
}
