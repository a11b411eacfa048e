package org.resnet4j.data;

import static java.util.Comparator.comparing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.resnet4j.image.DataFormatException;
import org.resnet4j.image.ImageFiles;

/**
 * Opens a folder that holds one folder of images for every class, as {@code
 * torchvision.datasets.ImageFolder} reads it: classes are numbered in the order of their names,
 * images follow by class and name. Files whose names start with a dot are skipped; links are
 * followed.
 */
public final class ImageFolder {
  private static final List<String> ENDINGS = List.of(".jpg", ".jpeg", ".png", ".bmp", ".gif");

  private ImageFolder() {}

  /**
   * Returns the images under {@code root}, one folder a class.
   *
   * @throws DataFormatException when there is no class folder, one is empty, or one holds something
   *     other than images
   */
  public static ImageSource open(Path root) throws IOException {
    List<String> classes =
        children(root).stream().filter(Files::isDirectory).map(ImageFolder::name).toList();
    if (classes.isEmpty()) {
      throw new DataFormatException(
          root
              + ": expected a folder of images for every class but there is no folder in it; put"
              + " images into "
              + root.resolve("CLASS"));
    }
    return open(root, classes);
  }

  /**
   * Returns the images under {@code root}, numbered by the classes of another folder, such as the
   * training set's. A class without a folder has no images.
   */
  public static ImageSource open(Path root, List<String> classes) throws IOException {
    FolderSource.Builder files = new FolderSource.Builder(root, classes);
    for (Path folder : children(root)) {
      ImageFiles.requireTarget(folder);
      int label = classes.indexOf(name(folder));
      if (label < 0 || !Files.isDirectory(folder)) {
        throw new DataFormatException(
            folder + ": expected one of the class folders " + classes + "; move it away");
      }
      for (Path image : images(folder)) {
        files.add(label, name(image));
      }
    }
    return files.build();
  }

  private static List<Path> images(Path folder) throws IOException {
    List<Path> images = children(folder);
    for (Path file : images) {
      String name = name(file).toLowerCase(Locale.ROOT);
      if (Files.isDirectory(file) || ENDINGS.stream().noneMatch(name::endsWith)) {
        throw new DataFormatException(
            file
                + ": expected an image whose name ends in "
                + String.join(", ", ENDINGS)
                + "; convert it to JPEG or PNG, or move it away");
      }
      ImageFiles.requireRegular(file);
    }
    if (images.isEmpty()) {
      throw new DataFormatException(
          folder
              + ": expected at least one image but the folder is empty; put images into it or"
              + " remove it");
    }
    return images;
  }

  /** Returns the files and folders in {@code folder} that are not hidden, sorted by name. */
  private static List<Path> children(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new DataFormatException(
          folder + ": expected a folder but there is none; name one that exists");
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> !name(file).startsWith("."))
          .sorted(comparing(ImageFolder::name))
          .toList();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
