package org.resnet4j.cli;

import java.util.regex.Matcher;

/** What {@code --data NAME[:DIR]} means on this machine. */
final class DataOption {
  static final String HELP = "fashion-mnist, mnist, cifar10, cifar100 or folder, and where it is.";

  private DataOption() {}

  /** {@code data} with the user's folder for a tilde, which a shell leaves alone behind a colon. */
  static String expanded(String data) {
    return data.replaceFirst(
        ":~/", Matcher.quoteReplacement(":" + System.getProperty("user.home") + "/"));
  }
}
