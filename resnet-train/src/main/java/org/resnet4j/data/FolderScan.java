package org.resnet4j.data;

import static java.util.Comparator.comparing;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.resnet4j.image.DataFormatException;
import org.resnet4j.image.ImageFacts;
import org.resnet4j.image.ImageFiles;
import org.resnet4j.image.ImageFormat;

/**
 * Finds images among the files of folders, and counts the others.
 *
 * <p>A file is an image if its name ends as an image's does, readable here or not, or if its first
 * bytes are an image's. Hidden files, unfinished downloads and all others are skipped.
 */
final class FolderScan {
  private static final int MOST_LEVELS = 32;
  private static final int MOST_FILES = 20_000_000;

  private static final Pattern UNFINISHED =
      Pattern.compile(".*(~|\\.(part|partial|crdownload|download|opdownload|tmp|temp|bak|swp))");

  /** The folders that systems and archives add. */
  private static final Set<String> OF_SYSTEMS =
      Set.of("__MACOSX", "@eaDir", "lost+found", "$RECYCLE.BIN", "System Volume Information");

  private int visited;
  private int others;
  private String firstOther = "";

  /** A file below a folder: the path of its folder, and its name. */
  private record Found(String folder, String name) {
    String path() {
      return folder.isEmpty() ? name : folder + "/" + name;
    }
  }

  /** Returns the folders in {@code root} that hold classes, in no particular order. */
  List<Path> folders(Path root) throws IOException {
    List<Path> folders = new ArrayList<>();
    if (!Files.isDirectory(root)) {
      throw new DataFormatException(
          root + ": expected a folder but there is none; name one that exists");
    }
    try (Stream<Path> children = Files.list(root)) {
      for (Path child : (Iterable<Path>) children::iterator) {
        if (isHidden(child)) {
          continue;
        }
        ImageFiles.requireTarget(child);
        if (Files.isDirectory(child) && !isOfSystem(child)) {
          requireName(child, root, String.valueOf(child.getFileName()));
          folders.add(child);
        } else {
          skip(child);
        }
      }
    }
    return folders;
  }

  /**
   * Returns the images in {@code folder} and the folders in it, as paths relative to it with
   * slashes. They are in torchvision's order: by folder, then by name.
   *
   * @throws DataFormatException when links lead in a circle or nowhere, or a name cannot be read
   */
  List<String> images(Path folder) throws IOException {
    List<Found> found = new ArrayList<>();
    Files.walkFileTree(
        folder,
        Set.of(FileVisitOption.FOLLOW_LINKS),
        MOST_LEVELS,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path at, BasicFileAttributes attributes)
              throws IOException {
            count(folder);
            boolean skipped = !at.equals(folder) && (isHidden(at) || isOfSystem(at));
            return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            count(folder);
            if (attributes.isDirectory()) {
              throw new DataFormatException(
                  "%s: expected folders in folders to a depth of %s but there are more; move its images up"
                      .formatted(file, MOST_LEVELS));
            }
            if (isHidden(file)) {
              return FileVisitResult.CONTINUE;
            }
            ImageFiles.requireTarget(file);
            if (isImage(file, attributes.isRegularFile())) {
              found.add(found(folder, file));
            } else {
              skip(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof FileSystemLoopException) {
              throw new DataFormatException(
                  file
                      + ": expected a folder but the link leads back above itself; remove the link");
            }
            throw failure;
          }
        });
    return found.stream()
        .sorted(comparing(Found::folder).thenComparing(Found::name))
        .map(Found::path)
        .toList();
  }

  /** Returns a text about the files that were skipped; empty if none was. */
  String others() {
    return others == 0
        ? ""
        : String.format(
            Locale.ROOT,
            others == 1 ? "%,d other file skipped, %s" : "%,d other files skipped, such as %s",
            others,
            firstOther);
  }

  private void count(Path folder) throws DataFormatException {
    if (++visited > MOST_FILES) {
      throw new DataFormatException(
          String.format(
              Locale.ROOT,
              "%s: expected at most %,d files but there are more; do links repeat a folder?",
              folder,
              MOST_FILES));
    }
  }

  private void skip(Path file) {
    if (others++ == 0) {
      firstOther = String.valueOf(file.getFileName());
    }
  }

  private static Found found(Path folder, Path file) throws DataFormatException {
    String name = String.valueOf(file.getFileName());
    Path above = file.getParent();
    String relative = above == null ? "" : folder.relativize(above).toString();
    Found found = new Found(relative.replace(File.separatorChar, '/'), name);
    requireName(file, folder, found.path());
    return found;
  }

  /**
   * Refuses a file whose name Java cannot turn into text and back. In a locale of another character
   * set, the names of two files or classes would be equal.
   */
  private static void requireName(Path file, Path folder, String text) throws DataFormatException {
    boolean same;
    try {
      same = folder.resolve(text).equals(file);
    } catch (InvalidPathException e) {
      same = false;
    }
    if (!same) {
      throw unreadable(file.toString());
    }
  }

  /** Returns the exception for a name that this locale's character set cannot express. */
  static DataFormatException unreadable(String name) {
    return new DataFormatException(
        "%s: expected a name in the character set of Java's locale, %s, but it has other letters; start Java in a locale of UTF-8, such as LC_ALL=C.UTF-8, or rename the file"
            .formatted(name, System.getProperty("sun.jnu.encoding")));
  }

  private static boolean isHidden(Path file) {
    return String.valueOf(file.getFileName()).startsWith(".");
  }

  private static boolean isOfSystem(Path folder) {
    return OF_SYSTEMS.contains(String.valueOf(folder.getFileName()));
  }

  private static boolean isImage(Path file, boolean regular) throws IOException {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (UNFINISHED.matcher(name).matches()) {
      return false;
    }
    if (ImageFormat.isNamedAsImage(name)) {
      ImageFiles.requireRegular(file);
      return true;
    }
    return regular && startsAsImage(file);
  }

  private static boolean startsAsImage(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return ImageFacts.format(in.readNBytes(ImageFacts.START)).isPresent();
    }
  }
}
