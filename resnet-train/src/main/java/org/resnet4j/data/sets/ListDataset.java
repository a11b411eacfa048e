package org.resnet4j.data.sets;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.resnet4j.data.FileSource;
import org.resnet4j.data.ImageList;

/** Opens the images of a list, with or without splits. */
record ListDataset(DatasetSpec spec, Path list, FileOptions options) {

  /** Opens a split; of a list without splits, the random share. */
  OpenDataset open(Split split) throws IOException {
    ImageList rows = ImageList.read(list);
    Set<String> splits = rows.splits();
    if (splits.isEmpty()) {
      return options.held(spec, folder(), split, source(rows, ""));
    }
    if (options.chosen() != null) {
      throw new IllegalArgumentException(
          "%s: expected no column of splits, since a random split was chosen; leave out the split, or remove the column"
              .formatted(list));
    }
    // The epoch that is kept is chosen by these images, so those of a test are left alone.
    String test = splits.contains("val") ? "val" : "test";
    if (!splits.contains("train") || !splits.contains(test)) {
      throw new IOException(
          "%s: expected images of the splits train and test or val but there are only those of %s; add some, or remove the column"
              .formatted(list, splits));
    }
    return part(rows, split == Split.TRAIN ? "train" : test, split);
  }

  /** Opens what there is for an evaluation: the test split, or all images. */
  OpenDataset whole() throws IOException {
    ImageList rows = ImageList.read(list);
    for (String split : List.of("test", "val")) {
      if (rows.splits().contains(split)) {
        return part(rows, split, Split.TEST);
      }
    }
    return options.all(spec, folder(), Split.TEST, source(rows, ""), "images");
  }

  private OpenDataset part(ImageList rows, String name, Split split) throws IOException {
    return options.all(spec, folder(), split, source(rows, name), split.adjective() + " images");
  }

  private FileSource source(ImageList rows, String split) {
    return rows.images(split, options.order(rows.classes()));
  }

  private Path folder() {
    Path folder = list.getParent();
    return folder == null ? Path.of("") : folder;
  }
}
