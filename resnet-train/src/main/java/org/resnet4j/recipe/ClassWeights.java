package org.resnet4j.recipe;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.resnet4j.data.ImageSource;

/** The weights of classes in the loss, {@link Balance#LOSS}. */
final class ClassWeights {
  private ClassWeights() {}

  static void require(String where, Balance balance, Map<String, Double> weights) {
    if (balance != Balance.LOSS && !weights.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: class weights: expected none unless the balance is %s but they were %s"
              .formatted(where, Balance.LOSS, weights));
    }
    if (!weights.values().stream().allMatch(weight -> weight >= 0 && Double.isFinite(weight))) {
      throw new IllegalArgumentException(
          "%s: class weights: expected 0 or more but they were %s".formatted(where, weights));
    }
  }

  /** Returns a weight for every class: those given and else 1; N/(C·n) if none is given. */
  static Map<String, Double> of(Map<String, Double> given, ImageSource training) {
    List<String> classes = training.classes();
    for (String name : given.keySet()) {
      if (!classes.contains(name)) {
        throw new IllegalArgumentException(
            "class weights: expected names of the classes %s but there is \"%s\""
                .formatted(classes, name));
      }
    }
    int[] counts = new int[classes.size()];
    for (int i = 0; i < training.size(); i++) {
      for (int label : training.labels(i)) {
        counts[label]++;
      }
    }
    Map<String, Double> weights = new TreeMap<>();
    for (int label = 0; label < counts.length; label++) {
      String name = classes.get(label);
      weights.put(
          name,
          given.isEmpty()
              ? balanced(name, counts, label, training.size())
              : given.getOrDefault(name, 1.0));
    }
    return weights;
  }

  private static double balanced(String name, int[] counts, int label, int images) {
    if (counts[label] == 0) {
      throw new IllegalArgumentException(
          "class weights: expected training images of every class but there are none of " + name);
    }
    return images / ((double) counts.length * counts[label]);
  }
}
