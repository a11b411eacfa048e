package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.resnet4j.image.ImageFormat;

/** Expands the user's arguments to image files: files, whole folders, and patterns. */
final class ImagePaths {
  private static final Pattern MAGIC = Pattern.compile("[*?\\[{]");

  private ImagePaths() {}

  /**
   * Returns files as given, existing or not; the images of a folder or a pattern are sorted by
   * name.
   *
   * @throws IllegalArgumentException when a folder or a pattern has no images
   */
  static List<Path> of(List<String> arguments) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String argument : arguments) {
      Path path = Path.of(argument);
      if (Files.isDirectory(path)) {
        files.addAll(found(argument, path, file -> ImageFormat.isNamedAsImage(name(file))));
      } else if (!Files.exists(path) && MAGIC.matcher(argument).find()) {
        files.addAll(found(argument, beforeMagic(path), pattern(argument)::matches));
      } else {
        files.add(path);
      }
    }
    return files;
  }

  private static PathMatcher pattern(String argument) {
    try {
      return FileSystems.getDefault().getPathMatcher("glob:" + argument);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          argument
              + ": expected a file, or a pattern with pairs of [] and {}, but there is no such file",
          e);
    }
  }

  private static List<Path> found(String argument, Path root, Predicate<Path> wanted)
      throws IOException {
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(root.toString().isEmpty() ? Path.of(".") : root)) {
      Walk walk = new Walk(file -> !name(file).startsWith(".") && wanted.test(file));
      Files.walkFileTree(root, Set.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, walk);
      walk.files.stream().sorted().forEach(files::add);
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException(
          argument + ": expected JPEG, PNG, BMP, GIF or WebP images there but there are none");
    }
    return files;
  }

  /** Collects the files of a tree; every folder is visited once, however many links lead to it. */
  private static final class Walk extends SimpleFileVisitor<Path> {
    private final Predicate<Path> wanted;
    private final Set<Path> seen = new HashSet<>();
    private final List<Path> files = new ArrayList<>();

    Walk(Predicate<Path> wanted) {
      this.wanted = wanted;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      return seen.add(folder.toRealPath())
          ? FileVisitResult.CONTINUE
          : FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (wanted.test(file)) {
        files.add(file);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof FileSystemLoopException) {
        return FileVisitResult.CONTINUE; // the folder is being visited
      }
      throw failure;
    }
  }

  /** Returns the folder in which the search for a pattern starts. */
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
