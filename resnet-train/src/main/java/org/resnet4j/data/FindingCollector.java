package org.resnet4j.data;

import static org.resnet4j.data.ImageProblem.Severity.FATAL;
import static org.resnet4j.data.ImageProblem.Severity.NOTE;
import static org.resnet4j.data.ImageProblem.Severity.WARNING;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.resnet4j.data.ImageProblem.Kind;
import org.resnet4j.data.ImageProblem.Severity;

/** Turns the results of examining files into findings. */
final class FindingCollector {
  /** The ratio of images of the largest and the smallest class that is worth a warning. */
  private static final int EXTREME = 10;

  private static final int SHOWN = 3;

  private final ImageSource training;
  private final ImageSource test;
  private final FileLedger ledger;
  private final List<ImageProblem> problems = new ArrayList<>();

  FindingCollector(ImageSource training, ImageSource test, FileLedger ledger) {
    this.training = training;
    this.test = test;
    this.ledger = ledger;
  }

  /** Returns all findings, the worst first. */
  ImageFindings findings() throws IOException {
    unreadable();
    classes();
    equalFiles();
    formats();
    problems.sort(Comparator.comparing(ImageProblem::severity));
    return new ImageFindings(
        problems,
        ledger.unreadable().keySet().stream().map(this::file).toList(),
        ledger.sums(training.size()));
  }

  private void add(
      Kind kind, Severity severity, int count, List<String> examples, String sentence) {
    if (count > 0) {
      problems.add(
          new ImageProblem(
              kind, severity, count, sentence, examples.stream().limit(SHOWN).toList()));
    }
  }

  private Path file(int index) {
    return isTraining(index)
        ? training.file(index).orElseThrow()
        : test.file(index - training.size()).orElseThrow();
  }

  private int all() {
    return training.size() + test.size();
  }

  private boolean isTraining(int index) {
    return index < training.size();
  }

  private List<String> classesOf(int index) {
    ImageSource source = isTraining(index) ? training : test;
    return Arrays.stream(source.labels(isTraining(index) ? index : index - training.size()))
        .mapToObj(source.classes()::get)
        .toList();
  }

  private void unreadable() {
    int count = ledger.unreadable().size();
    add(
        Kind.UNREADABLE,
        FATAL,
        count,
        List.copyOf(ledger.unreadable().values()).subList(0, Math.min(1, count)),
        text("%,d of %,d images cannot be read, the first", count, all()));
  }

  private void classes() {
    List<String> names = training.classes();
    int[] trained = counts(training, 0);
    int[] tested = counts(test, training.size());
    add(
        Kind.ONE_CLASS,
        FATAL,
        names.size() < 2 ? 1 : 0,
        List.of(),
        text(
            "images: expected at least two classes but there are %s; add images of another, or name the folder whose folders are the classes",
            names));
    List<String> untrained = without(names, trained);
    List<String> untested = without(names, tested);
    add(
        Kind.MISSING_CLASS,
        FATAL,
        untrained.size(),
        untrained,
        text("%,d of %,d classes have no images to train on", untrained.size(), names.size()));
    add(
        Kind.MISSING_CLASS,
        WARNING,
        untested.size(),
        untested,
        text(
            "%,d of %,d classes have no test images, so nothing is measured of them",
            untested.size(), names.size()));
    similarNames(names);
    int most = highest(trained);
    int least = lowest(trained);
    if (trained[least] > 0 && trained[most] >= EXTREME * trained[least]) {
      add(
          Kind.IMBALANCE,
          WARNING,
          trained.length,
          List.of(),
          text(
              "Classes are unequal, from %,d images of %s to %,d of %s: look at the figures of each class",
              trained[least], names.get(least), trained[most], names.get(most)));
    }
  }

  private void similarNames(List<String> names) {
    Map<String, String> byText = new HashMap<>();
    List<String> pairs = new ArrayList<>();
    for (String name : names) {
      String other = byText.putIfAbsent(ClassMatching.loose(name), name);
      if (other != null) {
        pairs.add(other + " and " + name);
      }
    }
    add(
        Kind.SIMILAR_CLASSES,
        WARNING,
        pairs.size(),
        pairs,
        "Classes differ in the writing of their names alone; are they one class");
  }

  private void equalFiles() throws IOException {
    List<String> leaks = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    List<String> copies = new ArrayList<>();
    int leaked = 0;
    int copied = 0;
    for (int[] group : ledger.equalFiles(this::file)) {
      int last = group[group.length - 1];
      String pair = file(group[0]) + " = " + file(last);
      boolean crosses = isTraining(group[0]) && !isTraining(last);
      int odd = differing(group);
      if (crosses) {
        leaks.add(pair);
        leaked += (int) Arrays.stream(group).filter(i -> !isTraining(i)).count();
      }
      if (odd >= 0) {
        labels.add(file(group[0]) + " = " + file(odd));
      } else if (!crosses) {
        copies.add(pair);
        copied += group.length - 1;
      }
    }
    add(
        Kind.LEAKAGE,
        WARNING,
        leaked,
        leaks,
        text(
            "%,d of %,d test images equal training images byte for byte, so the accuracy will be too high; remove one of each",
            leaked, test.size()));
    add(
        Kind.TWO_CLASSES,
        WARNING,
        labels.size(),
        labels,
        text(
            training.isMultiLabel()
                ? "%,d images have copies with other labels; keep one of each"
                : "%,d images are in two classes or more; remove them from all but one",
            labels.size()));
    add(
        Kind.DUPLICATE,
        WARNING,
        copied,
        copies,
        text(
            "%,d of %,d images are copies of others %s",
            copied, all(), training.isMultiLabel() ? "with their labels" : "in their class"));
  }

  /** Returns the first file of a group that has another class than its first, or -1. */
  private int differing(int[] group) {
    return Arrays.stream(group)
        .filter(i -> !classesOf(i).equals(classesOf(group[0])))
        .findFirst()
        .orElse(-1);
  }

  private void formats() {
    files(
        Kind.SIXTEEN_BIT,
        WARNING,
        ledger.sixteenBit(),
        "%,d of %,d images have 16 bits a sample, of which the upper 8 are used");
    files(
        Kind.CMYK,
        NOTE,
        ledger.cmyk(),
        "%,d of %,d images are CMYK and are converted to RGB without their colour profile");
    files(
        Kind.MISNAMED,
        NOTE,
        ledger.misnamed(),
        "%,d of %,d files have the ending of another format than they are of");
    if (!ledger.oneSize()) {
      add(
          Kind.UNEQUAL_SIZES,
          NOTE,
          1,
          List.of(),
          text(
              "Images have different sizes, from %s to %s",
              String.valueOf(ledger.smallest()), String.valueOf(ledger.largest())));
    }
  }

  private void files(Kind kind, Severity severity, FileLedger.Group found, String sentence) {
    add(
        kind,
        severity,
        found.count(),
        found.first().stream().map(i -> file(i).toString()).toList(),
        text(sentence, found.count(), all()));
  }

  /** Returns the number of readable images of each class. */
  private int[] counts(ImageSource source, int from) {
    int[] counts = new int[source.classes().size()];
    IntStream.range(0, source.size())
        .filter(i -> !ledger.unreadable().containsKey(from + i))
        .flatMap(i -> Arrays.stream(source.labels(i)))
        .forEach(label -> counts[label]++);
    return counts;
  }

  private static List<String> without(List<String> names, int[] counts) {
    return IntStream.range(0, counts.length)
        .filter(i -> counts[i] == 0)
        .mapToObj(names::get)
        .toList();
  }

  private static int highest(int[] counts) {
    return IntStream.range(0, counts.length).reduce(0, (a, b) -> counts[b] > counts[a] ? b : a);
  }

  private static int lowest(int[] counts) {
    return IntStream.range(0, counts.length).reduce(0, (a, b) -> counts[b] < counts[a] ? b : a);
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
