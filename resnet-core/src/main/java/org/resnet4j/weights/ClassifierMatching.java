package org.resnet4j.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.tensors.Tensors;

/**
 * Matches the classifier of a file to that of a plan. It may have another number of classes, one
 * output, no biases, or be absent.
 */
final class ClassifierMatching {
  private final Tensors tensors;
  private final KeyMapping naming;
  private final Plan plan;
  private final Set<Tolerance> tolerated;
  private final Set<Slot> oneOutput = new LinkedHashSet<>();
  private final Set<Slot> withoutBias = new LinkedHashSet<>();
  private final List<String> absorbed = new ArrayList<>();

  ClassifierMatching(Tensors tensors, KeyMapping naming, Plan plan, Set<Tolerance> tolerated) {
    this.tensors = tensors;
    this.naming = naming;
    this.plan = plan;
    this.tolerated = tolerated;
  }

  /** Returns whether it is a parameter of the classifier. */
  static boolean isClassifier(Slot slot) {
    return isClassifier(slot.node());
  }

  private static boolean isClassifier(Node node) {
    return node instanceof Node.Dense dense && dense.kind() == Node.DenseKind.CLASSIFIER;
  }

  /** Returns whether the file's classifier has one output and the network two classes. */
  boolean isOneOutput(Slot slot) {
    return oneOutput.contains(slot);
  }

  /** Returns whether it is a bias of 0, because the file's classifier has weights only. */
  boolean hasNoBias(Slot slot) {
    return withoutBias.contains(slot);
  }

  /** Returns one sentence for each difference that does not change the function. */
  List<String> absorbed() {
    return absorbed;
  }

  /** Returns whether the shape is that of the classifier for another number of classes. */
  boolean hasOtherClasses(Slot slot, long[] shape) {
    return isClassifier(slot)
        && slot.node() instanceof Node.Dense dense
        && (slot.kind() == ParameterKind.BIAS
            ? shape.length == 1
            : shape.length >= 2
                && Arrays.stream(shape).reduce(1, Math::multiplyExact)
                    == classes(shape) * dense.inFeatures());
  }

  private long classes(long[] shape) {
    return shape[naming.layout().outputAxis(shape.length)];
  }

  /** Accepts one output for two classes. */
  boolean fitsWithOneOutput(Slot slot, long[] shape) {
    if (!hasOtherClasses(slot, shape)
        || plan.architecture().classes() != 2
        || classes(shape) != 1) {
      return false;
    }
    oneOutput.add(slot);
    if (slot.kind() == ParameterKind.WEIGHT) {
      absorbed.add(
          "the file's one output, of a sigmoid, became the logit of the second of two classes");
    }
    return true;
  }

  /**
   * Accepts another number of classes, if it is tolerated.
   *
   * @throws WeightMismatchException when it is not
   */
  void matchOtherClasses(Slot slot, long[] shape, List<String> changed)
      throws WeightMismatchException {
    long classes = classes(shape);
    if (!tolerated.contains(Tolerance.OTHER_CLASSES)) {
      throw new WeightMismatchException(
          "%s: tensor \"%s\": expected a classifier of %s classes for %s but it has %s; build the network with %s, or accept a classifier with fresh weights"
              .formatted(
                  tensors.source(),
                  slot.tensor(),
                  plan.architecture().classes(),
                  plan.architecture().name(),
                  classes == 1 ? "one output, of a sigmoid" : classes,
                  classes == 1 ? "2 classes, to which it is converted" : classes + " classes"));
    }
    if (slot.kind() == ParameterKind.WEIGHT) {
      changed.add(
          "%s: %s classes instead of the file's %s: fresh weights"
              .formatted(slot.node().path(), plan.architecture().classes(), classes));
    }
  }

  /** Accepts absent biases, and an absent classifier if another number of classes is tolerated. */
  void matchAbsence(
      Slot.Group group, Set<Slot> present, List<String> missing, List<String> changed) {
    Map<ParameterKind, Slot> slots = group.slots();
    Slot weight = slots.get(ParameterKind.WEIGHT);
    Slot bias = slots.get(ParameterKind.BIAS);
    if (weight == null || bias == null || !missing.contains(bias.tensor())) {
      return;
    }
    if (present.contains(weight)) {
      missing.remove(bias.tensor());
      withoutBias.add(bias);
      absorbed.add(bias.node().path() + ": the file has no biases; they are 0");
    } else if (tolerated.contains(Tolerance.OTHER_CLASSES) && missing.remove(weight.tensor())) {
      missing.remove(bias.tensor());
      changed.add(group.node().path() + ": the file has no classifier: fresh weights");
    }
  }

  /**
   * Refuses a file that lacks only the classifier.
   *
   * @throws WeightMismatchException when {@code missing} are the tensors of the classifier
   */
  void requireMore(List<String> missing) throws WeightMismatchException {
    Map<LayerPath, String> layers = naming.layers().apply(plan);
    for (Node node : plan.nodes()) {
      String layer = layers.get(node.path());
      if (isClassifier(node)
          && layer != null
          && List.of(
                  naming.tensor(layer, ParameterKind.WEIGHT),
                  naming.tensor(layer, ParameterKind.BIAS))
              .containsAll(missing)) {
        throw new WeightMismatchException(
            "%s: expected a classifier of %s classes (%s) but the file has none; take the network's features, or accept a classifier with fresh weights"
                .formatted(
                    tensors.source(), plan.architecture().classes(), LoadReport.first(missing)));
      }
    }
  }
}
