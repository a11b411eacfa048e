package org.resnet4j.data;

import static java.util.stream.Collectors.joining;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The output of a model for each class of a dataset, found by the meaning of the classes' names.
 *
 * <pre>{@code
 * ClassMatching.of(List.of("n01440764", "n02102040"), labels, wordnetIds).output(1); // 217
 * }</pre>
 *
 * <p>Names are the model's labels, whatever their case and with spaces, underscores or hyphens; or
 * WordNet ids, perhaps with a name after them; or the numbers of outputs, from 0. A model may have
 * more classes than the data.
 */
public final class ClassMatching {
  private static final Pattern WORDNET = Pattern.compile("(n\\d{8})(?:[ _.-].*)?");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
  private static final int SHOWN = 5;

  /** The output of a name that two outputs have. */
  private static final int AMBIGUOUS = -2;

  private static final int NONE = -1;

  private final int[] outputs;
  private final int modelClasses;

  private ClassMatching(int[] outputs, int modelClasses) {
    this.outputs = outputs;
    this.modelClasses = modelClasses;
  }

  /** Returns the matching of a model that was trained for these classes, in this order. */
  public static ClassMatching same(int classes) {
    return new ClassMatching(IntStream.range(0, classes).toArray(), classes);
  }

  /**
   * Returns the outputs for the classes of a dataset.
   *
   * @param dataClasses names of the dataset's classes
   * @param modelLabels names of the model's outputs, in their order
   * @param modelWordnetIds such as n01440764, in the order of the outputs; empty if unknown
   * @throws IllegalArgumentException naming the classes that are none of the model's, or two that
   *     are the same
   */
  public static ClassMatching of(
      List<String> dataClasses, List<String> modelLabels, List<String> modelWordnetIds) {
    if (dataClasses.equals(modelLabels)) {
      return same(modelLabels.size());
    }
    int[] best = byLabel(dataClasses, modelLabels);
    if (!isComplete(best) && dataClasses.stream().allMatch(name -> wordnet(name).isPresent())) {
      best = byWordnet(dataClasses, modelLabels.size(), modelWordnetIds);
    } else if (!isComplete(best) && dataClasses.stream().allMatch(ClassMatching::isNumber)) {
      best = byNumber(dataClasses, modelLabels.size());
    }
    requireComplete(best, dataClasses, modelLabels, !modelWordnetIds.isEmpty());
    requireDistinct(best, dataClasses, modelLabels);
    return new ClassMatching(best, modelLabels.size());
  }

  /** Returns the model's output for a class of the data. */
  public int output(int dataClass) {
    return outputs[dataClass];
  }

  /** Returns the number of classes of the data. */
  public int size() {
    return outputs.length;
  }

  /** Returns the number of the model's outputs. */
  public int modelClasses() {
    return modelClasses;
  }

  /** Returns whether the model has classes that the data lacks. */
  public boolean isSubset() {
    return outputs.length < modelClasses;
  }

  /** Returns whether every class has the number of its output. */
  public boolean isSame() {
    return !isSubset() && IntStream.range(0, outputs.length).allMatch(i -> outputs[i] == i);
  }

  private static int[] byLabel(List<String> names, List<String> labels) {
    Map<String, Integer> exact = new HashMap<>();
    Map<String, Integer> loose = new HashMap<>();
    Map<String, Integer> synonyms = new HashMap<>();
    for (int i = 0; i < labels.size(); i++) {
      put(exact, List.of(labels.get(i)), i);
      put(loose, List.of(loose(labels.get(i))), i);
      put(synonyms, synonyms(labels.get(i)), i);
    }
    return names.stream()
        .mapToInt(
            name -> {
              int same = exact.getOrDefault(name, NONE);
              int alike = same == NONE ? loose.getOrDefault(loose(name), NONE) : same;
              return alike == NONE ? synonyms.getOrDefault(loose(name), NONE) : alike;
            })
        .toArray();
  }

  private static void put(Map<String, Integer> outputs, Collection<String> names, int output) {
    for (String name : names) {
      outputs.merge(name, output, (one, other) -> AMBIGUOUS);
    }
  }

  /** Returns the parts of a label such as "tench, Tinca tinca". */
  private static Set<String> synonyms(String label) {
    Set<String> parts = new LinkedHashSet<>();
    Arrays.stream(label.split(",", -1)).map(ClassMatching::loose).forEach(parts::add);
    return parts;
  }

  static String loose(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC)
        .toLowerCase(Locale.ROOT)
        .replaceAll("[\\s_/\\\\-]+", " ")
        .strip();
  }

  private static int[] byWordnet(List<String> names, int modelClasses, List<String> ids) {
    if (!ids.isEmpty() && ids.size() != modelClasses) {
      throw new IllegalArgumentException(
          "classes: expected one WordNet id for each of the model's %s labels but there are %s"
              .formatted(modelClasses, ids.size()));
    }
    Map<String, Integer> outputs = new HashMap<>();
    for (int i = 0; i < ids.size(); i++) {
      put(outputs, List.of(ids.get(i)), i);
    }
    return names.stream()
        .mapToInt(name -> wordnet(name).map(id -> outputs.getOrDefault(id, NONE)).orElse(NONE))
        .toArray();
  }

  private static Optional<String> wordnet(String name) {
    Matcher matcher = WORDNET.matcher(name);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static boolean isNumber(String name) {
    return NUMBER.matcher(name).matches();
  }

  /**
   * Takes names as numbers of outputs. Numbers that count up from 0 or 1 to less than the last are
   * another dataset's own, such as the digits of MNIST.
   */
  private static int[] byNumber(List<String> names, int modelClasses) {
    int[] numbers = names.stream().mapToInt(Integer::parseInt).toArray();
    int least = Arrays.stream(numbers).min().orElse(0);
    int most = Arrays.stream(numbers).max().orElse(0);
    if (most >= modelClasses) {
      throw new IllegalArgumentException(
          "classes: expected numbers of the model's outputs, 0 to %s, but there is %s; %s"
              .formatted(
                  modelClasses - 1,
                  most,
                  least == 1 ? "do they count from 1?" : "choose the data it was trained for"));
    }
    boolean own = numbers.length > 1 && least <= 1 && most - least + 1 == numbers.length;
    if (own && numbers.length < modelClasses) {
      throw new IllegalArgumentException(
          "classes: expected the numbers of the model's outputs, 0 to %s, or its labels but they are %s to %s, which name other classes of another dataset; rename them after its labels"
              .formatted(modelClasses - 1, least, most));
    }
    return numbers;
  }

  private static boolean isComplete(int[] outputs) {
    return Arrays.stream(outputs).allMatch(output -> output >= 0);
  }

  private static void requireComplete(
      int[] outputs, List<String> names, List<String> labels, boolean hasWordnet) {
    List<Integer> ambiguous = indices(outputs, AMBIGUOUS);
    if (!ambiguous.isEmpty()) {
      throw new IllegalArgumentException(
          "classes: expected one of the model's labels but %s could be two of them; name it by %s"
              .formatted(
                  shown(ambiguous.stream().map(names::get).toList()),
                  hasWordnet ? "its WordNet id" : "its label exactly as the model has it"));
    }
    List<Integer> missing = indices(outputs, NONE);
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "classes: expected some of the model's %s classes (%s) but %s of %s are none of them: %s; name them by its labels, %sor the numbers of its outputs, or choose the data it was trained for"
              .formatted(
                  labels.size(),
                  shown(labels),
                  missing.size(),
                  names.size(),
                  shown(missing.stream().map(names::get).toList()),
                  hasWordnet ? "WordNet ids " : ""));
    }
  }

  private static void requireDistinct(int[] outputs, List<String> names, List<String> labels) {
    Map<Integer, String> byOutput = new HashMap<>();
    for (int i = 0; i < outputs.length; i++) {
      String other = byOutput.put(outputs[i], names.get(i));
      if (other != null) {
        throw new IllegalArgumentException(
            "classes: expected different classes but %s and %s are both the model's \"%s\"; unite or rename them"
                .formatted(other, names.get(i), labels.get(outputs[i])));
      }
    }
  }

  private static List<Integer> indices(int[] outputs, int value) {
    List<Integer> indices = new ArrayList<>();
    for (int i = 0; i < outputs.length; i++) {
      if (outputs[i] == value) {
        indices.add(i);
      }
    }
    return indices;
  }

  private static String shown(List<String> names) {
    return names.stream().limit(SHOWN).collect(joining(", ")) + (names.size() > SHOWN ? ", …" : "");
  }
}
