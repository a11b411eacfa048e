package org.resnet4j.data.sets;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.resnet4j.data.ImageFolder;
import org.resnet4j.data.ImageSource;
import org.resnet4j.data.Subset;

/** The user's own images: with folders {@code train} and {@code test} (or {@code val}), or not. */
final class FolderDataset {
  /** Of a folder without halves, one image of so many is for the test. */
  private static final int TEST_SHARE = 5;

  private static final String TEST_SHARE_SAID = "; a random fifth of every class is for the test";

  private static final long SEED = 0;

  private FolderDataset() {}

  static OpenDataset open(DatasetRow row, Path root, Split split) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new FileNotFoundException(
          "folder: expected a folder of images but there is no " + root);
    }
    Path train = root.resolve("train");
    if (Files.isDirectory(train) && !folders(train).isEmpty()) {
      return half(row, train, tests(root), split);
    }
    return share(row, root, split);
  }

  private static OpenDataset half(DatasetRow row, Path train, Path test, Split split)
      throws IOException {
    List<String> classes = folders(train);
    if (!folders(test).equals(classes)) {
      throw new IOException(
          "%s: expected the same class folders as %s but has %s besides and lacks %s; make them agree"
              .formatted(
                  test, train, without(folders(test), classes), without(classes, folders(test))));
    }
    Path folder = split == Split.TRAIN ? train : test;
    ImageSource source = ImageFolder.open(folder, classes);
    return opened(row, split, folder, source, "");
  }

  private static OpenDataset share(DatasetRow row, Path root, Split split) throws IOException {
    ImageSource whole = ImageFolder.open(root);
    try {
      int[] chosen =
          shuffledByClass(whole).stream()
              .flatMap(images -> share(images, split).stream().sorted())
              .mapToInt(Integer::intValue)
              .toArray();
      return opened(row, split, root, Subset.of(whole, chosen), TEST_SHARE_SAID);
    } catch (Throwable e) {
      whole.close();
      throw e;
    }
  }

  /** Positions of the images of each class, in an order that other classes do not change. */
  private static List<List<Integer>> shuffledByClass(ImageSource whole) throws IOException {
    List<List<Integer>> images = new ArrayList<>();
    whole.classes().forEach(name -> images.add(new ArrayList<>()));
    for (int i = 0; i < whole.size(); i++) {
      images.get(whole.label(i)).add(i);
    }
    for (List<Integer> ofClass : images) {
      if (ofClass.size() < 2) {
        throw new IOException(
            "folder: expected at least 2 images of class %s, one to learn from and one for the test, but was %s; add images or remove the class"
                .formatted(whole.classes().get(images.indexOf(ofClass)), ofClass.size()));
      }
      Collections.shuffle(ofClass, new Random(SEED));
    }
    return images;
  }

  private static List<Integer> share(List<Integer> images, Split split) {
    int tests = Math.max(1, Math.round((float) images.size() / TEST_SHARE));
    return split == Split.TEST ? images.subList(0, tests) : images.subList(tests, images.size());
  }

  private static OpenDataset opened(
      DatasetRow row, Split split, Path folder, ImageSource source, String remark)
      throws IOException {
    try {
      String origin =
          "%s, %s: %s%s"
              .formatted(row.title(), folder, DatasetLocation.count(row, split, source), remark);
      return new OpenDataset(row, split, source, origin, Fingerprint.ofListing(folder));
    } catch (Throwable e) {
      source.close();
      throw e;
    }
  }

  private static Path tests(Path root) throws IOException {
    return Stream.of("test", "val")
        .map(root::resolve)
        .filter(Files::isDirectory)
        .findFirst()
        .orElseThrow(
            () ->
                new FileNotFoundException(
                    "%s: expected a folder test or val beside train but there is neither; add one, or put the class folders directly into %s"
                        .formatted(root, root)));
  }

  /** Names of the folders in {@code folder}, sorted; nothing hidden. */
  private static List<String> folders(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .filter(Files::isDirectory)
          .map(child -> child.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  private static List<String> without(List<String> names, List<String> others) {
    return names.stream().filter(name -> !others.contains(name)).toList();
  }
}
