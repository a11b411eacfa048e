package org.resnet4j.data.sets;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.data.FileSource;
import org.resnet4j.data.ImageFolder;

/**
 * Opens the user's own images, with or without folders {@code train} and {@code test} (or {@code
 * val}).
 */
record FolderDataset(DatasetSpec spec, Path root, FileOptions options) {
  private static final List<String> TRAIN = List.of("train", "training");
  private static final List<String> TEST = List.of("test", "testing");
  private static final List<String> VAL = List.of("val", "valid", "validation");

  /** Opens a split; of a folder without splits, the random share. */
  OpenDataset open(Split split) throws IOException {
    Path train = part(TRAIN).orElse(null);
    if (train == null) {
      return options.held(spec, root, split, flat());
    }
    // The epoch that is kept is chosen by these images, so those of a test are left alone.
    Path test = part(VAL).isPresent() ? part(VAL).orElseThrow() : test();
    requireUnsplit(train, test);
    requireKnown(train, test);
    return part(train, split == Split.TRAIN ? train : test, split, split.adjective() + " images");
  }

  /** Opens what there is for an evaluation: the test split, or the whole folder without splits. */
  OpenDataset whole() throws IOException {
    Path train = part(TRAIN).orElse(null);
    Path test = train == null ? part(TEST).or(() -> part(VAL)).orElse(null) : test();
    if (test == null) {
      return options.all(spec, root, Split.TEST, flat(), "images");
    }
    if (train != null) {
      requireKnown(train, test);
    }
    return part(train == null ? test : train, test, Split.TEST, Split.TEST.adjective() + " images");
  }

  private OpenDataset part(Path numbering, Path folder, Split split, String what)
      throws IOException {
    List<String> classes = options.order(ImageFolder.classes(numbering));
    FileSource source =
        folder.equals(numbering) && options.numbered().isEmpty()
            ? ImageFolder.open(folder)
            : ImageFolder.open(folder, classes);
    return options.all(spec, root, split, source, what);
  }

  private FileSource flat() throws IOException {
    if (!Files.isDirectory(root)) {
      throw new FileNotFoundException(
          "folder: expected a folder of images but there is no " + root);
    }
    List<String> classes = ImageFolder.classes(root);
    if (!classes.isEmpty() && isOfSplits(classes)) {
      throw new FileNotFoundException(
          "%s: expected folders of classes, or train and test with them, but it has only %s; name the folder whose folders are the classes, or make them complete"
              .formatted(root, classes));
    }
    List<String> order = options.order(classes);
    return order.equals(classes) ? ImageFolder.open(root) : ImageFolder.open(root, order);
  }

  private static boolean isOfSplits(List<String> names) {
    Set<String> splits = new HashSet<>(TRAIN);
    splits.addAll(TEST);
    splits.addAll(VAL);
    return splits.containsAll(names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList());
  }

  private void requireUnsplit(Path train, Path test) {
    if (options.chosen() != null) {
      throw new IllegalArgumentException(
          "%s: expected no folders %s and %s, since a random split was chosen; leave out the split, or name a folder whose folders are the classes"
              .formatted(root, train.getFileName(), test.getFileName()));
    }
  }

  private static void requireKnown(Path train, Path test) throws IOException {
    List<String> classes = ImageFolder.classes(train);
    List<String> tested = ImageFolder.classes(test);
    List<String> additional = without(tested, classes);
    if (!additional.isEmpty()) {
      throw new IOException(
          "%s: expected the same class folders as %s but %s are additional and %s are missing; make them agree"
              .formatted(test, train, additional, without(classes, tested)));
    }
  }

  private Path test() throws IOException {
    Optional<Path> test = part(TEST).or(() -> part(VAL));
    if (test.isEmpty()) {
      throw new FileNotFoundException(
          "%s: expected a folder test or val beside train but there is neither; add one, or put the class folders directly into %s"
              .formatted(root, root));
    }
    return test.get();
  }

  /** Returns the folder with the first of {@code names}, in any case, that has folders in it. */
  private Optional<Path> part(List<String> names) {
    for (String name : names) {
      Path exact = root.resolve(name);
      Path found = hasFolders(exact) ? exact : otherCase(name);
      if (found != null) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  private @Nullable Path otherCase(String name) {
    try (Stream<Path> children = Files.list(root)) {
      return children
          .filter(child -> String.valueOf(child.getFileName()).equalsIgnoreCase(name))
          .filter(FolderDataset::hasFolders)
          .findFirst()
          .orElse(null);
    } catch (IOException e) {
      return null; // what opens the folder reports it
    }
  }

  private static boolean hasFolders(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.anyMatch(
          child ->
              Files.isDirectory(child) && !String.valueOf(child.getFileName()).startsWith("."));
    } catch (IOException e) {
      return false; // what opens the folder reports it
    }
  }

  /** Returns the names that are not among {@code others}, however their accents are composed. */
  private static List<String> without(List<String> names, List<String> others) {
    Set<String> known = others.stream().map(FolderDataset::composed).collect(Collectors.toSet());
    return names.stream().filter(name -> !known.contains(composed(name))).toList();
  }

  private static String composed(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC);
  }
}
