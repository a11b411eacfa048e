package org.resnet4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.resnet4j.image.DataFormatException;

/**
 * Opens a folder that holds one folder of images for every class, as {@code
 * torchvision.datasets.ImageFolder} reads it.
 *
 * <p>Classes are numbered in the order of their names, or of their values if all are numbers.
 * Images follow by class, folder and name. Folders in a class folder are searched, too, and links
 * are followed. Files that are no images are skipped and counted.
 */
public final class ImageFolder {
  private ImageFolder() {}

  /** Returns the names of the class folders in {@code root}, in the order of their numbers. */
  public static List<String> classes(Path root) throws IOException {
    return names(new FolderScan().folders(root));
  }

  /**
   * Returns the images under {@code root}, one folder a class.
   *
   * @throws DataFormatException when there is no class folder, or one has no image
   */
  public static FileSource open(Path root) throws IOException {
    FolderScan scan = new FolderScan();
    List<Path> folders = scan.folders(root);
    if (folders.isEmpty()) {
      throw new DataFormatException(
          root
              + ": expected a folder of images for every class but there is no folder in it; put"
              + " images into "
              + root.resolve("CLASS"));
    }
    return open(scan, root, folders, names(folders), true);
  }

  /**
   * Returns the images under {@code root}, numbered by the classes of another folder, such as the
   * training set's. A class without a folder has no images, and neither has one whose folder is
   * empty.
   *
   * @throws DataFormatException when there is a folder of another class
   */
  public static FileSource open(Path root, List<String> classes) throws IOException {
    FolderScan scan = new FolderScan();
    return open(scan, root, scan.folders(root), classes, false);
  }

  private static FileSource open(
      FolderScan scan, Path root, List<Path> folders, List<String> classes, boolean all)
      throws IOException {
    Map<String, Path> byClass = byClass(folders, classes);
    FileSource.Builder files = new FileSource.Builder(root, classes);
    for (int label = 0; label < classes.size(); label++) {
      Path folder = byClass.get(classes.get(label));
      if (folder == null) {
        continue;
      }
      String before = scan.others();
      List<String> images = scan.images(folder);
      if (images.isEmpty() && all) {
        throw new DataFormatException(
            "%s: expected at least one image but %s; put images into it or remove it"
                .formatted(
                    folder,
                    before.equals(scan.others())
                        ? "the folder is empty"
                        : "none of its files is one"));
      }
      String name = name(folder);
      for (String image : images) {
        files.add(label, name + "/" + image);
      }
    }
    return files.build(scan.others());
  }

  /**
   * Returns the folder of each class. A name that was composed otherwise, as macOS decomposes
   * accents, is that of the class unless there are both.
   */
  private static Map<String, Path> byClass(List<Path> folders, List<String> classes)
      throws DataFormatException {
    Map<String, String> composed =
        classes.stream()
            .collect(Collectors.toMap(ImageFolder::composed, Function.identity(), (a, b) -> a));
    Set<String> exact = Set.copyOf(classes);
    Map<String, Path> byClass = new HashMap<>();
    for (Path folder : folders) {
      String name = name(folder);
      String known = exact.contains(name) ? name : composed.get(composed(name));
      if (known == null || byClass.put(known, folder) != null) {
        throw new DataFormatException(
            folder + ": expected one of the class folders " + shown(classes) + "; move it away");
      }
    }
    return byClass;
  }

  private static String shown(List<String> classes) {
    return classes.size() <= 10
        ? classes.toString()
        : "%s and %s more".formatted(classes.subList(0, 10), classes.size() - 10);
  }

  private static String composed(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC);
  }

  private static List<String> names(List<Path> folders) {
    return ClassOrder.sorted(folders.stream().map(ImageFolder::name).toList());
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
