package org.resnet4j.weights;

import static java.util.stream.Collectors.toMap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.resnet4j.arch.HeadKind;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.tensors.Tensors;

/**
 * Matches the tensors of a file to the parameters of a plan, by names and shapes, before any value
 * is read.
 */
final class Matching {
  /** The number of channels of the images that published weights are for. */
  static final int COLOURS = 3;

  private final Tensors tensors;
  private final KeyMapping naming;
  private final Plan plan;
  private final Set<Tolerance> tolerated;
  private final Map<LayerPath, Node> nodes;
  private final Set<String> used = new LinkedHashSet<>();
  private final Set<Slot> present = new LinkedHashSet<>();
  private final Set<Slot> otherChannels = new LinkedHashSet<>();
  private final List<String> missing = new ArrayList<>();
  private final List<String> changed = new ArrayList<>();
  private final ClassifierMatching classifier;

  /**
   * The names of biases that the network's convolutions lack, by the batch norm that absorbs them.
   */
  private final Map<LayerPath, String> biases = new HashMap<>();

  Matching(Tensors tensors, KeyMapping naming, Plan plan, Set<Tolerance> tolerated) {
    this.tensors = tensors;
    this.naming = naming;
    this.plan = plan;
    this.tolerated = tolerated;
    classifier = new ClassifierMatching(tensors, naming, plan, tolerated);
    nodes = plan.nodes().stream().collect(toMap(Node::path, Function.identity()));
  }

  /**
   * Matches all tensors.
   *
   * @throws WeightMismatchException when something does not fit that is not tolerated
   */
  void match(List<Slot.Group> groups) throws WeightMismatchException {
    for (Slot.Group group : groups) {
      for (Slot slot : group.slots().values()) {
        match(slot);
      }
      matchBias(group);
    }
    matchClassifierLeftOut();
    for (Slot.Group group : groups) {
      if (group.slots().values().stream().allMatch(ClassifierMatching::isClassifier)) {
        classifier.matchAbsence(group, present, missing, changed);
      }
    }
    requireWhole(unexpected());
  }

  /** Returns the parameters that the file has a tensor for. */
  Set<Slot> present() {
    return present;
  }

  /** Returns whether the file's tensor has three input channels and the network another number. */
  boolean hasOtherChannels(Slot slot) {
    return otherChannels.contains(slot);
  }

  /** Returns the match of the classifier. */
  ClassifierMatching classifier() {
    return classifier;
  }

  /** Returns the names of tensors that the file lacks. */
  List<String> missing() {
    return missing;
  }

  /** Returns one sentence for each difference between network and file. */
  List<String> changed() {
    return changed;
  }

  Map<LayerPath, String> biases() {
    return biases;
  }

  private void match(Slot slot) throws WeightMismatchException {
    String name = slot.tensor();
    if (!tensors.names().contains(name)) {
      missing.add(name);
      return;
    }
    used.add(name);
    long[] shape = tensors.shape(name);
    if (slot.fits(shape)
        || fitsWithOtherChannels(slot, shape)
        || classifier.fitsWithOneOutput(slot, shape)) {
      present.add(slot);
    } else if (classifier.hasOtherClasses(slot, shape)) {
      classifier.matchOtherClasses(slot, shape, changed);
    } else {
      throw new WeightMismatchException(
          "%s: tensor \"%s\": expected %s for %s of %s but it has %s%s"
              .formatted(
                  tensors.source(),
                  name,
                  Arrays.toString(slot.view().shape()),
                  slot.node().path(),
                  plan.architecture().name(),
                  Arrays.toString(shape),
                  remedy(slot, shape)));
    }
  }

  private boolean fitsWithOtherChannels(Slot slot, long[] shape) {
    if (!tolerated.contains(Tolerance.OTHER_CHANNELS) || !isOtherInput(slot, shape)) {
      return false;
    }
    otherChannels.add(slot);
    changed.add(
        "%s: %s input channels instead of the file's %s: weights %s"
            .formatted(
                slot.node().path(),
                channels(slot),
                shape[naming.layout().inputAxis(4)],
                channels(slot) == 1 ? "summed" : "repeated and scaled"));
    return true;
  }

  private boolean isOtherInput(Slot slot, long[] shape) {
    int axis = naming.layout().inputAxis(4);
    return slot.kind() == ParameterKind.WEIGHT
        && slot.node() instanceof Node.Conv conv
        && nodes.get(conv.input()) instanceof Node.Input
        && slot.fitsExcept(axis, shape)
        && shape[axis] == COLOURS;
  }

  private long channels(Slot stem) {
    return stem.view().size(naming.layout().inputAxis(4));
  }

  private String remedy(Slot slot, long[] shape) {
    return isOtherInput(slot, shape)
        ? "; build the network with the file's %s input channels, or have the weights adapted"
            .formatted(COLOURS)
        : "; load it into the architecture it was made for, or choose another naming than "
            + naming.name();
  }

  /**
   * Assigns a bias that the network's convolution does not have to the only batch norm that reads
   * the convolution.
   */
  private void matchBias(Slot.Group group) throws WeightMismatchException {
    if (!(group.node() instanceof Node.Conv conv)
        || group.slots().containsKey(ParameterKind.BIAS)
        || !naming.suffixes().containsKey(ParameterKind.BIAS)) {
      return;
    }
    String name = naming.tensor(group.layer(), ParameterKind.BIAS);
    List<Node> readers =
        plan.nodes().stream().filter(node -> node.inputs().contains(conv.path())).toList();
    if (tensors.names().contains(name)
        && readers.size() == 1
        && readers.get(0) instanceof Node.Norm norm
        && norm.hasStatistics()) {
      requireLength(name, conv.output().channels());
      biases.put(norm.path(), name);
      used.add(name);
    }
  }

  private void requireLength(String name, int length) throws WeightMismatchException {
    long[] shape = tensors.shape(name);
    if (!Arrays.equals(shape, new long[] {length})) {
      throw new WeightMismatchException(
          "%s: tensor \"%s\": expected [%s] but it has %s"
              .formatted(tensors.source(), name, length, Arrays.toString(shape)));
    }
  }

  /** Accepts the file's classifier when the network has no classifier. */
  private void matchClassifierLeftOut() {
    if (plan.architecture().head().kind() == HeadKind.CLASSIFIER) {
      return;
    }
    Map<LayerPath, String> whole =
        naming
            .layers()
            .apply(Plan.of(plan.architecture().with(arch -> arch.head(HeadKind.CLASSIFIER))));
    whole.forEach(
        (path, layer) -> {
          String weight = naming.tensor(layer, ParameterKind.WEIGHT);
          if (!nodes.containsKey(path) && tensors.names().contains(weight)) {
            used.add(weight);
            used.add(naming.tensor(layer, ParameterKind.BIAS));
            changed.add(path + ": the network ends before it");
          }
        });
  }

  /** Returns the names of tensors that belong to no parameter. */
  List<String> unexpected() {
    return tensors.names().stream()
        .filter(name -> !used.contains(name) && !naming.ignored().test(name))
        .toList();
  }

  private void requireWhole(List<String> unexpected) throws WeightMismatchException {
    boolean lacks = !missing.isEmpty() && !tolerated.contains(Tolerance.MISSING);
    boolean exceeds = !unexpected.isEmpty() && !tolerated.contains(Tolerance.UNEXPECTED);
    if (lacks && !exceeds) {
      classifier.requireMore(missing);
    }
    if (lacks || exceeds) {
      throw new WeightMismatchException(
          "%s: expected the tensors of %s under the names of %s but %s are missing (%s) and %s are unexpected (%s); choose the architecture or the naming that it was made with, or accept the difference"
              .formatted(
                  tensors.source(),
                  plan.architecture().name(),
                  naming.name(),
                  missing.size(),
                  LoadReport.first(missing),
                  unexpected.size(),
                  LoadReport.first(unexpected)));
    }
  }
}
