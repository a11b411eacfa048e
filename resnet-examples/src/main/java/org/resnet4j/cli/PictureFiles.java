package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which pictures a user means: files, folders with all that is in them, and patterns. */
final class PictureFiles {
  private static final Pattern ENDING =
      Pattern.compile(".*\\.(jpe?g|png|bmp|gif)", Pattern.CASE_INSENSITIVE);
  private static final Pattern MAGIC = Pattern.compile("[*?\\[{]");

  private PictureFiles() {}

  /**
   * Files as they are, whether or not there are such; what a folder or a pattern stands for sorted
   * by name.
   *
   * @throws IllegalArgumentException when a folder or a pattern stands for nothing
   */
  static List<Path> of(List<String> arguments) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String argument : arguments) {
      Path path = Path.of(argument);
      if (Files.isDirectory(path)) {
        files.addAll(found(argument, path, file -> ENDING.matcher(name(file)).matches()));
      } else if (!Files.exists(path) && MAGIC.matcher(argument).find()) {
        PathMatcher pattern = FileSystems.getDefault().getPathMatcher("glob:" + argument);
        files.addAll(found(argument, beforeMagic(path), pattern::matches));
      } else {
        files.add(path);
      }
    }
    return files;
  }

  private static List<Path> found(String argument, Path root, Predicate<Path> wanted)
      throws IOException {
    List<Path> files = List.of();
    if (Files.isDirectory(root.toString().isEmpty() ? Path.of(".") : root)) {
      try (Stream<Path> all = Files.walk(root)) {
        files =
            all.filter(file -> !name(file).startsWith("."))
                .filter(Files::isRegularFile)
                .filter(wanted)
                .sorted()
                .toList();
      }
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: expected JPEG, PNG, BMP or GIF pictures there but there are none"
              .formatted(argument));
    }
    return files;
  }

  /** The folder that a pattern starts in. */
  private static Path beforeMagic(Path pattern) {
    Path root = pattern.isAbsolute() ? pattern.getRoot() : Path.of("");
    for (Path part : pattern) {
      if (MAGIC.matcher(part.toString()).find()) {
        break;
      }
      root = root.resolve(part);
    }
    return root;
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
  }
}
