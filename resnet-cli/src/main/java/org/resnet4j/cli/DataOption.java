package org.resnet4j.cli;

import java.util.Iterator;
import java.util.regex.Matcher;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.data.sets.DatasetSpec;
import org.resnet4j.data.sets.Datasets;

/** The option {@code --data NAME[:DIR]}. */
final class DataOption {
  static final String HELP =
      "Folder of images, one folder a class; list of images (.csv, .tsv); or dataset"
          + " (${COMPLETION-CANDIDATES}) and its folder.";

  private DataOption() {}

  /** The names of all datasets. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Datasets.all().stream().map(DatasetSpec::name).iterator();
    }
  }

  /**
   * Returns the dataset that {@code data} names, with the home folder for a tilde, which shells do
   * not expand after a colon.
   */
  static Dataset dataset(String data) {
    return Dataset.of(
        data.replaceFirst(
            ":~/", Matcher.quoteReplacement(":" + System.getProperty("user.home") + "/")));
  }
}
