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

/**
 * Opens the user's own images, with or without folders {@code train} and {@code test} (or {@code
 * val}).
 */
final class FolderDataset {
  /** The number of images of which one is for the test, in a folder without splits. */
  private static final int TEST_SHARE = 5;

  private static final String TEST_SHARE_REMARK = "; a random 20 % of every class is for the test";

  private static final long SEED = 0;

  private FolderDataset() {}

  static OpenDataset open(DatasetSpec spec, Path root, Split split) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new FileNotFoundException(
          "folder: expected a folder of images but there is no " + root);
    }
    Path train = root.resolve("train");
    if (Files.isDirectory(train) && !folders(train).isEmpty()) {
      return fromFolders(spec, train, tests(root), split);
    }
    return sampled(spec, root, split);
  }

  private static OpenDataset fromFolders(DatasetSpec spec, Path train, Path test, Split split)
      throws IOException {
    List<String> classes = folders(train);
    if (!folders(test).equals(classes)) {
      throw new IOException(
          "%s: expected the same class folders as %s but %s are additional and %s are missing; make them agree"
              .formatted(
                  test, train, without(folders(test), classes), without(classes, folders(test))));
    }
    Path folder = split == Split.TRAIN ? train : test;
    ImageSource source = ImageFolder.open(folder, classes);
    return opened(spec, split, folder, source, "");
  }

  private static OpenDataset sampled(DatasetSpec spec, Path root, Split split) throws IOException {
    ImageSource whole = ImageFolder.open(root);
    try {
      int[] chosen =
          shuffledByClass(whole).stream()
              .flatMap(images -> share(images, split).stream().sorted())
              .mapToInt(Integer::intValue)
              .toArray();
      return opened(spec, split, root, Subset.of(whole, chosen), TEST_SHARE_REMARK);
    } catch (Throwable e) {
      whole.close();
      throw e;
    }
  }

  /**
   * Returns the shuffled positions of the images of each class; other classes do not change them.
   */
  private static List<List<Integer>> shuffledByClass(ImageSource whole) throws IOException {
    List<List<Integer>> images = new ArrayList<>();
    whole.classes().forEach(name -> images.add(new ArrayList<>()));
    for (int i = 0; i < whole.size(); i++) {
      images.get(whole.label(i)).add(i);
    }
    for (List<Integer> ofClass : images) {
      if (ofClass.size() < 2) {
        throw new IOException(
            "folder: expected at least 2 images of class %s, one for training and one for the test, but was %s; add images or remove the class"
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
      DatasetSpec spec, Split split, Path folder, ImageSource source, String remark)
      throws IOException {
    try {
      String origin =
          "%s, %s: %s%s"
              .formatted(spec.title(), folder, DatasetLocation.count(spec, split, source), remark);
      return new OpenDataset(spec, split, source, origin, Fingerprint.ofListing(folder));
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

  /** Returns the names of the folders in {@code folder} that are not hidden, sorted. */
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
