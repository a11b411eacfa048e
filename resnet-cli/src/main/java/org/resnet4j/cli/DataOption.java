package org.resnet4j.cli;

import java.util.regex.Matcher;

/** The option {@code --data NAME[:DIR]}. */
final class DataOption {
  static final String HELP =
      "Dataset (fashion-mnist, mnist, cifar10, cifar100 or folder) and its folder.";

  private DataOption() {}

  /**
   * Returns {@code data} with the home folder for a tilde, which shells do not expand after a
   * colon.
   */
  static String expanded(String data) {
    return data.replaceFirst(
        ":~/", Matcher.quoteReplacement(":" + System.getProperty("user.home") + "/"));
  }
}
