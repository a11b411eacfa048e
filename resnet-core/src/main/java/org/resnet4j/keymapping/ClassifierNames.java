package org.resnet4j.keymapping;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.HeadKind;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.tensors.Selection;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weights.KeyMapping;
import org.resnet4j.weights.ParameterKind;

/**
 * Finds the classifier of a network whose layer has another name than in its key mapping, such as
 * {@code fc.1} after a dropout, {@code head.fc} beside {@code backbone}, or {@code classifier}.
 */
final class ClassifierNames {
  /** The words in names of classifiers. */
  private static final Set<String> CLASSIFIERS =
      words(
          "fc classifier head heads linear cls logits output out final last dense "
              + "predictions probs top");

  /** The words in names of linear layers with other purposes. */
  private static final Set<String> OTHERS =
      words(
          "aux auxiliary proj projector projection predictor bbox box reg rpn roi mask "
              + "domain discriminator contrast contrastive rotation decoder prototypes "
              + "teacher ema");

  private final Tensors file;
  private final KeyMapping naming;
  private final Node.Dense node;
  private final String layer;
  private final Set<String> body = new HashSet<>();

  /**
   * A linear layer of the file.
   *
   * @param layer its name, without prefix if it is inside
   * @param original name of its weights in the file
   */
  private record Linear(String layer, String original, long inputs, long outputs) {
    @Override
    public String toString() {
      return "%s [%s to %s]".formatted(layer, inputs, outputs);
    }
  }

  /**
   * Creates a search.
   *
   * @param plan plan of a network with a classifier
   */
  ClassifierNames(Tensors file, KeyMapping naming, Plan plan) {
    this.file = file;
    this.naming = naming;
    Map<LayerPath, String> layers = naming.layers().apply(plan);
    node =
        plan.nodes().stream()
            .filter(
                next ->
                    next instanceof Node.Dense dense && dense.kind() == Node.DenseKind.CLASSIFIER)
            .map(Node.Dense.class::cast)
            .findFirst()
            .orElseThrow();
    layer = String.valueOf(layers.get(node.path()));
    layers.forEach(
        (path, name) -> {
          if (!path.equals(node.path())) {
            body.add(NetworkPrefix.module(name));
          }
        });
  }

  private static Set<String> words(String list) {
    return Set.of(list.split(" ", -1));
  }

  /** Returns the plan of the same network, with a classifier. */
  static Plan withClassifier(Plan plan) {
    return plan.architecture().head().kind() == HeadKind.CLASSIFIER
        ? plan
        : Plan.of(plan.architecture().with(arch -> arch.head(HeadKind.CLASSIFIER)));
  }

  /** Returns the name of the classifier's weights or biases in the key mapping. */
  String tensor(ParameterKind kind) {
    return naming.tensor(layer, kind);
  }

  /** Returns whether a layer of the key mapping other than the classifier has this tensor. */
  boolean isInBody(String name) {
    return body.contains(NetworkPrefix.module(name));
  }

  /** Returns whether a tensor is of a classifier or another linear layer after the body. */
  boolean isHead(String name) {
    Set<String> words = NetworkPrefix.words(NetworkPrefix.module(name));
    return !isInBody(name)
        && (NetworkPrefix.module(name).equals(NetworkPrefix.module(layer))
            || words.stream()
                .anyMatch(word -> CLASSIFIERS.contains(word) || OTHERS.contains(word)));
  }

  /**
   * Renames the classifier among the network's names, if it has another name than in the key
   * mapping. Without one, nothing is changed.
   *
   * @param inside name in the file by name in the network
   * @return a sentence on the change, or empty if there is none
   * @throws WeightFileException when there are two layers where the architecture has one, or
   *     several that could be it
   */
  Optional<String> rename(Map<String, String> inside, List<String> outside)
      throws WeightFileException {
    List<Linear> linears = linears(inside, outside);
    String weight = tensor(ParameterKind.WEIGHT);
    if (inside.containsKey(weight)) {
      String original = inside.get(weight);
      for (Linear own : linears) {
        if (own.original().equals(original)) {
          requireLast(own, linears);
          requireOnly(
              linears.stream().filter(next -> next.equals(own) || isCandidate(next)).toList());
        }
      }
      return Optional.empty();
    }
    Linear found = found(linears, inside, outside);
    if (found == null) {
      return Optional.empty();
    }
    requireLast(found, linears);
    take(found, ParameterKind.WEIGHT, inside);
    take(found, ParameterKind.BIAS, inside);
    return Optional.of("took %s as the classifier %s".formatted(layerOf(found.original()), layer));
  }

  private @Nullable Linear found(
      List<Linear> linears, Map<String, String> inside, List<String> outside)
      throws WeightFileException {
    List<Linear> nested =
        linears.stream().filter(next -> next.layer().startsWith(layer + ".")).toList();
    if (nested.size() > 1) {
      throw several(nested);
    }
    if (nested.size() == 1) {
      requireAlone(nested.get(0), layer, inside.keySet());
      return nested.get(0).inputs() == node.inFeatures() ? nested.get(0) : null;
    }
    List<Linear> named = linears.stream().filter(this::isCandidate).toList();
    requireOnly(named);
    if (named.isEmpty()) {
      return null;
    }
    String own = named.get(0).layer();
    String outer = own.contains(".") ? own.substring(0, own.lastIndexOf('.')) : own;
    Set<String> all = new HashSet<>(outside);
    all.addAll(inside.keySet());
    if (NetworkPrefix.words(outer.substring(outer.lastIndexOf('.') + 1)).stream()
        .anyMatch(CLASSIFIERS::contains)) {
      requireAlone(named.get(0), outer, all);
    }
    return named.get(0);
  }

  /** Refuses a classifier beside which its module has other parameters, such as a batch norm. */
  private void requireAlone(Linear linear, String module, Set<String> names)
      throws WeightFileException {
    for (String name : names) {
      if (name.startsWith(module + ".")
          && !name.startsWith(linear.layer() + ".")
          && !naming.ignored().test(name)) {
        throw new WeightFileException(
            "%s: expected a classifier of one linear layer but there is %s beside %s; take the network's features and apply these layers to them, or train a new classifier"
                .formatted(file.source(), name, linear));
      }
    }
  }

  private boolean isCandidate(Linear linear) {
    return linear.inputs() == node.inFeatures() && isClassifier(linear.layer());
  }

  private void requireOnly(List<Linear> candidates) throws WeightFileException {
    if (candidates.size() > 1) {
      throw new WeightFileException(
          "%s: expected one classifier but several layers could be it: %s; save the file again with one of them, as %s"
              .formatted(
                  file.source(),
                  Selection.first(candidates.stream().map(Linear::toString).toList()),
                  layer));
    }
  }

  private static boolean isClassifier(String layer) {
    Set<String> words = NetworkPrefix.words(layer);
    return words.isEmpty() || (words.stream().anyMatch(CLASSIFIERS::contains) && isNoOther(layer));
  }

  private static boolean isNoOther(String layer) {
    return NetworkPrefix.words(layer).stream().noneMatch(OTHERS::contains);
  }

  /** Refuses a classifier whose outputs another linear layer reads. */
  private void requireLast(Linear classifier, List<Linear> linears) throws WeightFileException {
    List<Linear> after =
        linears.stream()
            .filter(next -> !next.equals(classifier) && next.inputs() == classifier.outputs())
            .filter(next -> isClassifier(next.layer()))
            .toList();
    if (!after.isEmpty()) {
      List<Linear> all = new ArrayList<>(List.of(classifier));
      all.addAll(after);
      throw several(all);
    }
  }

  private WeightFileException several(List<Linear> layers) {
    return new WeightFileException(
        "%s: expected a classifier of one linear layer but it has further layers: %s; take the network's features and apply these layers to them, or train a new classifier"
            .formatted(
                file.source(), Selection.first(layers.stream().map(Linear::toString).toList())));
  }

  private void take(Linear from, ParameterKind kind, Map<String, String> inside) {
    String original = naming.tensor(layerOf(from.original()), kind);
    inside.values().removeIf(original::equals);
    if (file.names().contains(original)) {
      inside.put(tensor(kind), original);
    }
  }

  /** Returns the linear layers outside the network's body. */
  private List<Linear> linears(Map<String, String> inside, List<String> outside) {
    List<Linear> linears = new ArrayList<>();
    inside.forEach(
        (name, original) -> {
          if (!isInBody(name)) {
            add(linears, name, original);
          }
        });
    outside.forEach(name -> add(linears, name, name));
    return linears;
  }

  private void add(List<Linear> linears, String name, String original) {
    String suffix = naming.tensor("", ParameterKind.WEIGHT);
    if (!name.endsWith(suffix) || name.length() == suffix.length()) {
      return;
    }
    long[] shape = file.shape(original);
    boolean isLinear =
        shape.length == 2
            || (shape.length == 4 && Arrays.stream(shape).filter(size -> size == 1).count() >= 2);
    if (isLinear) {
      linears.add(
          new Linear(
              layerOf(name),
              original,
              shape[naming.layout().inputAxis(shape.length)],
              shape[naming.layout().outputAxis(shape.length)]));
    }
  }

  private String layerOf(String tensor) {
    return tensor.substring(0, tensor.length() - naming.tensor("", ParameterKind.WEIGHT).length());
  }
}
