package org.resnet4j.data.sets;

import java.util.List;
import org.resnet4j.data.sets.DatasetRow.Part;
import org.resnet4j.fetch.Download;

/** Small rows beside the real ones. */
final class TestRows {
  private TestRows() {}

  /** Fashion-MNIST with other downloads. */
  static DatasetRow files(Download... downloads) {
    DatasetRow like = Datasets.byName("fashion-mnist");
    return row(like, like.train(), like.test(), downloads);
  }

  /** {@code like}, with other files and downloads. */
  static DatasetRow row(DatasetRow like, Part train, Part test, Download... downloads) {
    return new DatasetRow(
        like.name(),
        like.title(),
        like.format(),
        like.shape(),
        like.classes(),
        like.stats(),
        train,
        test,
        like.folder(),
        List.of(downloads),
        like.licence(),
        like.source());
  }
}
