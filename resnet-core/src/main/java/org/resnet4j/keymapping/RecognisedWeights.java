package org.resnet4j.keymapping;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.HeadKind;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.tensors.RenamedTensors;
import org.resnet4j.tensors.Selection;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weights.KeyMapping;
import org.resnet4j.weights.LoadReport;
import org.resnet4j.weights.ParameterKind;
import org.resnet4j.weights.Tolerance;
import org.resnet4j.weights.WeightBinder;

/**
 * The weights of one network in a file, under the names of a key mapping. Prefixes, wrappers and
 * other names of the classifier are resolved; {@link Tensors#selection()} says how.
 *
 * <pre>{@code
 * RecognisedWeights weights = RecognisedWeights.of(file, null, architecture, Set.of());
 * Architecture exact = architecture.with(arch -> arch.classes(weights.classes().orElse(1000)));
 * LoadReport report = weights.bind(Plan.of(exact), network, Set.of());
 * }</pre>
 *
 * @param tensors the network's tensors
 * @param plan plan of the architecture, with a classifier
 */
public record RecognisedWeights(Tensors tensors, KeyMapping naming, Plan plan) {
  /** The words in names of tensors beside a network that do not change what it computes. */
  private static final Set<String> BESIDE =
      Set.of(
          "criterion",
          "loss",
          "losses",
          "metric",
          "metrics",
          "acc",
          "accuracy",
          "auroc",
          "confmat",
          "queue",
          "proj",
          "projector",
          "projection",
          "predictor",
          "prototypes",
          "aux",
          "auxiliary",
          "averaged",
          "mean",
          "std");

  /** The counters of operations that a profiler adds to every module. */
  private static final List<String> COUNTERS = List.of("total_ops", "total_params");

  /**
   * Finds the weights of a network in a file.
   *
   * @param naming name of the file's key mapping, one of {@link KeyMappings#all()}; null to
   *     recognise it
   * @param architecture architecture of the file's network; its number of classes and of input
   *     channels is ignored, but a classifier is looked for only if it has one
   * @param tolerated with {@link Tolerance#OTHER_CLASSES}, a classifier of several layers is left
   *     out instead of refused
   * @throws WeightFileException when the file has several networks and no convention chooses one,
   *     or its classifier is more than one linear layer
   * @throws IllegalArgumentException when no key mapping fits the names
   */
  public static RecognisedWeights of(
      Tensors file, @Nullable String naming, Architecture architecture, Set<Tolerance> tolerated)
      throws IOException {
    if (file.graph() != null) {
      // The operators of the graph refer to the names of the file.
      KeyMapping family =
          naming == null ? KeyMappings.recognise(file) : KeyMappings.byName(naming, file);
      return new RecognisedWeights(
          file, family, ClassifierNames.withClassifier(Plan.of(architecture)));
    }
    Selection selection = file.selection();
    NetworkPrefix found = NetworkPrefix.find(file.source(), selection.key(), file.names());
    Map<String, String> inside = new LinkedHashMap<>(SequentialNames.named(found.inside()));
    Tensors stripped = new RenamedTensors(file, inside, selection);
    KeyMapping mapping =
        naming == null ? KeyMappings.recognise(stripped) : KeyMappings.byName(naming, stripped);
    Plan plan = ClassifierNames.withClassifier(Plan.of(architecture));
    ClassifierNames classifier = new ClassifierNames(file, mapping, plan);
    List<String> notes = new ArrayList<>();
    List<String> left = new ArrayList<>();
    if (found.isContrastive()) {
      left.addAll(removeHead(classifier, inside));
    } else if (architecture.head().kind() == HeadKind.CLASSIFIER) {
      try {
        classifier.rename(inside, found.outside()).ifPresent(notes::add);
      } catch (WeightFileException several) {
        if (!tolerated.contains(Tolerance.OTHER_CLASSES)) {
          throw several;
        }
        left.addAll(removeHead(classifier, inside));
      }
    } else if (!inside.containsKey(classifier.tensor(ParameterKind.WEIGHT))) {
      left.addAll(removeHead(classifier, inside));
    }
    inside
        .entrySet()
        .removeIf(entry -> isBeside(entry.getKey(), classifier) && left.add(entry.getValue()));
    Set<String> used = new HashSet<>(inside.values());
    found.outside().stream()
        .filter(name -> !used.contains(name) && !mapping.ignored().test(name))
        .filter(name -> found.others().stream().noneMatch(name::startsWith))
        .forEach(left::add);
    if (!left.isEmpty()) {
      notes.add(
          "left out %s: not of the network%s"
              .formatted(
                  Selection.first(left),
                  found.prefix().isEmpty()
                      ? ""
                      : " under " + NetworkPrefix.key("", found.prefix())));
      if (left.stream().anyMatch(RecognisedWeights::isOfNormalisation)) {
        notes.add(
            "the file's network normalises its input itself; the image pipeline needs the same mean"
                + " and std");
      }
    }
    List<String> others = new ArrayList<>(selection.others());
    found.others().forEach(next -> others.add(NetworkPrefix.key(selection.key(), next)));
    String key =
        found.others().isEmpty()
            ? selection.key()
            : NetworkPrefix.key(selection.key(), found.prefix());
    Selection chosen = new Selection(key, others, selection.notes()).with(notes);
    return new RecognisedWeights(new RenamedTensors(file, inside, chosen), mapping, plan);
  }

  /** Removes classifiers and projections after the network's body. */
  private static List<String> removeHead(ClassifierNames classifier, Map<String, String> inside) {
    List<String> removed = new ArrayList<>();
    inside
        .entrySet()
        .removeIf(entry -> classifier.isHead(entry.getKey()) && removed.add(entry.getValue()));
    return removed;
  }

  /** Returns whether a tensor is a mean or std other than those of a batch norm. */
  private static boolean isOfNormalisation(String name) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    return last.equals("std")
        || last.equals("mean")
        || last.endsWith("_std")
        || (last.endsWith("_mean") && !last.equals("running_mean"));
  }

  private static boolean isBeside(String name, ClassifierNames classifier) {
    return COUNTERS.contains(name.substring(name.lastIndexOf('.') + 1))
        || (!classifier.isInBody(name)
            && NetworkPrefix.words(NetworkPrefix.module(name)).stream().anyMatch(BESIDE::contains));
  }

  /**
   * Returns the number of classes of the file's classifier; empty if it has none. A classifier of
   * one output, a sigmoid's, counts as two classes, to which {@link #bind} converts it.
   */
  public OptionalInt classes() {
    String name = new ClassifierNames(tensors, naming, plan).tensor(ParameterKind.WEIGHT);
    if (!tensors.names().contains(name)) {
      return OptionalInt.empty();
    }
    long[] shape = tensors.shape(name);
    long outputs = shape.length < 2 ? 1 : shape[naming.layout().outputAxis(shape.length)];
    return OptionalInt.of(Math.toIntExact(Math.max(2, Math.min(outputs, Integer.MAX_VALUE))));
  }

  /** Returns the number of input channels of the file's first convolution; empty without one. */
  public OptionalInt channels() {
    for (Node node : plan.nodes()) {
      String layer = naming.layers().apply(plan).get(node.path());
      if (node instanceof Node.Conv && layer != null) {
        String name = naming.tensor(layer, ParameterKind.WEIGHT);
        long[] shape = tensors.names().contains(name) ? tensors.shape(name) : new long[0];
        return shape.length == 4
            ? OptionalInt.of((int) Math.min(shape[naming.layout().inputAxis(4)], Integer.MAX_VALUE))
            : OptionalInt.empty();
      }
    }
    return OptionalInt.empty();
  }

  /**
   * Sets the parameters of a network as {@link WeightBinder#bind} does.
   *
   * @param plan plan from which {@code network} was made
   */
  public LoadReport bind(Plan plan, ComputationGraph network, Set<Tolerance> tolerated)
      throws IOException {
    return WeightBinder.bind(tensors, naming, plan, network, tolerated);
  }
}
