package org.resnet4j.cli;

import java.util.regex.Matcher;
import org.resnet4j.data.sets.DataHome;
import org.resnet4j.data.sets.DatasetRow;
import org.resnet4j.data.sets.Datasets;

/** What {@code --data NAME[:DIR]} means on this machine. */
final class DataOption {
  static final String HELP = "fashion-mnist, mnist, cifar10, cifar100 or folder, and where it is.";

  private DataOption() {}

  static DataHome home() {
    return DataHome.usual();
  }

  /** {@code data} with the user's folder for a tilde, which a shell leaves alone behind a colon. */
  static String expanded(String data) {
    return data.replaceFirst(
        ":~/", Matcher.quoteReplacement(":" + System.getProperty("user.home") + "/"));
  }

  /** The row that {@code data} begins with. */
  static DatasetRow row(String data) {
    return Datasets.of(data);
  }
}
