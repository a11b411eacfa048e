package org.resnet4j.weightfile.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensors.Selection;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.pickle.Pickle;
import org.resnet4j.weightfile.pickle.PickleArguments;
import org.resnet4j.weightfile.pickle.PickleValue.Dict;
import org.resnet4j.weightfile.pickle.PickleValue.Foreign;
import org.resnet4j.weightfile.pickle.PickleValue.StridedTensor;
import org.resnet4j.weightfile.torch.SavedTree.Weights;

/** Finds the named tensors in an object that a training script saved. */
final class StateDict {
  /** The keys under which scripts save the trained weights. */
  private static final List<String> TRAINED =
      List.of(
          "state_dict",
          "model_state_dict",
          "model_state",
          "model",
          "net",
          "network",
          "module",
          "weights",
          "params");

  /** The smallest part of the largest network's matrices at which weights count as a network. */
  private static final int PART = 10;

  private static final int MOST_NAMES_SHOWN = 10;

  private static final String SAVE_FLOATS =
      "convert it in Python to a plain tensor of floats and save it with torch.save";
  private static final String SAVE_ARRAYS = "save them with numpy.savez(\"weights.npz\", **arrays)";

  private final String where;
  private final Pickle.Loaded loaded;
  private final SavedTree tree;

  private StateDict(String where, Pickle.Loaded loaded) {
    this.where = where;
    this.loaded = loaded;
    tree = new SavedTree(loaded.value());
  }

  /**
   * The tensors of a network.
   *
   * @param rest end of the key that is not a path of containers but a prefix of names
   */
  record Found(Map<String, StridedTensor> tensors, Selection selection, String rest) {}

  /**
   * Returns the tensors of the only network, or of the trained one if others are averages of it.
   *
   * @param key path of a container, which may be followed by a prefix of tensor names; empty for
   *     the entire object
   */
  static Found find(String where, Pickle.Loaded loaded, String key) throws WeightFileException {
    return new StateDict(where, loaded).find(key);
  }

  private Found find(String key) throws WeightFileException {
    String place = key;
    while (!tree.containers().containsKey(place)) {
      place = place.contains(".") ? place.substring(0, place.lastIndexOf('.')) : "";
      if (place.isEmpty()) {
        break;
      }
    }
    Weights chosen = choose(place);
    String rest =
        key.length() == place.length()
            ? ""
            : key.substring(place.length()).replaceFirst("^\\.", "");
    List<String> notes = new ArrayList<>();
    Map<String, StridedTensor> tensors = tensors(chosen, notes);
    if (!loaded.foreign().isEmpty()) {
      notes.add(
          "read over objects of %s; none was run".formatted(Selection.first(loaded.foreign())));
    }
    List<String> others =
        tree.under("").stream()
            .filter(next -> next.isDict() || isNetwork(next, chosen.matrices()))
            .filter(next -> next.matrices() > 0 || chosen.matrices() == 0)
            .filter(next -> !next.path().equals(chosen.path()) && !same(next, chosen))
            .map(next -> next.isDict() ? next.path() : next.path() + " (an object, not readable)")
            .toList();
    return new Found(tensors, new Selection(chosen.path(), others, notes), rest);
  }

  /** Returns the network at {@code place} or inside. */
  private Weights choose(String place) throws WeightFileException {
    List<Weights> networks = networks(tree.under(place));
    if (networks.isEmpty()) {
      throw new WeightFileException(
          "%s: expected a dictionary of tensors%s but it is %s; %s"
              .formatted(
                  where,
                  place.isEmpty() ? "" : " under \"" + place + "\"",
                  describe(tree.containers().getOrDefault(place, loaded.value())),
                  Pickle.SAVE_WEIGHTS));
    }
    List<String> conventional =
        TRAINED.stream()
            .map(name -> place.isEmpty() ? name : place + "." + name)
            .filter(path -> networks.stream().anyMatch(next -> next.isUnder(path)))
            .toList();
    if (conventional.size() == 1) {
      return choose(conventional.get(0));
    }
    List<Weights> trained =
        conventional.isEmpty()
            ? networks.stream().filter(next -> !isAveraged(next, place)).toList()
            : networks.stream()
                .filter(next -> conventional.stream().anyMatch(next::isUnder))
                .toList();
    @Nullable Weights own =
        networks.stream().filter(next -> next.path().equals(place)).findFirst().orElse(null);
    if (own != null && conventional.isEmpty()) {
      return readable(own);
    }
    return readable(only(place, trained.isEmpty() ? networks : trained));
  }

  /** Returns whether {@code next} is a moving average among the weights at {@code place}. */
  private static boolean isAveraged(Weights next, String place) {
    return new Weights(
            next.path().substring(Math.min(place.length(), next.path().length())),
            next.value(),
            next.matrices(),
            next.tensors())
        .isAveraged();
  }

  private Weights only(String place, List<Weights> networks) throws WeightFileException {
    Weights first = networks.get(0);
    if (networks.stream().allMatch(next -> same(first, next))) {
      return first;
    }
    throw new WeightFileException(
        "%s: expected the weights of one network%s but there are several: %s; choose one of these keys"
            .formatted(
                where,
                place.isEmpty() ? "" : " under \"" + place + "\"",
                Selection.first(networks.stream().map(Weights::path).toList())));
  }

  private Weights readable(Weights weights) throws WeightFileException {
    if (weights.value() instanceof Foreign object) {
      throw new WeightFileException(
          "%s: its weights%s are inside an object of %s, which is not data; nothing of it was run; %s"
              .formatted(
                  where,
                  weights.path().isEmpty() ? "" : " under \"" + weights.path() + "\"",
                  object.type(),
                  Pickle.SAVE_WEIGHTS));
    }
    return weights;
  }

  /** Returns the weights that are large enough to be a network, compared with the largest. */
  private static List<Weights> networks(List<Weights> all) {
    int matrices = all.stream().mapToInt(Weights::matrices).max().orElse(0);
    return all.stream().filter(next -> isNetwork(next, matrices)).toList();
  }

  private static boolean isNetwork(Weights weights, int matrices) {
    return matrices == 0 || (long) weights.matrices() * PART > matrices;
  }

  /** Returns whether both are the same tensors, saved under two keys. */
  private static boolean same(Weights one, Weights other) {
    if (one.value() == other.value()) {
      return true;
    }
    if (!(one.value() instanceof Dict a)
        || !(other.value() instanceof Dict b)
        || a.items().size() != b.items().size()) {
      return false;
    }
    for (int i = 0; i < a.items().size(); i++) {
      if (!same(a.items().get(i), b.items().get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean same(Object one, Object other) {
    if (one instanceof StridedTensor a && other instanceof StridedTensor b) {
      return a.storage().key().equals(b.storage().key())
          && a.offset() + a.storage().first() == b.offset() + b.storage().first()
          && Arrays.equals(a.shape(), b.shape())
          && Arrays.equals(a.strides(), b.strides());
    }
    return one == other || (one instanceof String name && name.equals(other));
  }

  private Map<String, StridedTensor> tensors(Weights chosen, List<String> notes)
      throws WeightFileException {
    Map<String, StridedTensor> tensors = new LinkedHashMap<>();
    List<String> left = new ArrayList<>();
    List<Object> items = ((Dict) chosen.value()).items();
    for (int i = 0; i + 1 < items.size(); i += 2) {
      Object value = items.get(i + 1);
      if (value instanceof Foreign object && SavedTree.isTensor(object)) {
        throw new WeightFileException(
            "%s: tensor \"%s\": expected a tensor of floats or integers but it is made by %s; %s"
                .formatted(
                    where,
                    items.get(i) instanceof String name ? name : "…",
                    object.type(),
                    SavedTree.isNumPy(object) ? SAVE_ARRAYS : SAVE_FLOATS));
      } else if (value instanceof StridedTensor tensor && items.get(i) instanceof String name) {
        tensors.put(name, tensor);
      } else if (value instanceof StridedTensor) {
        throw new WeightFileException(
            "%s: expected names of tensors but one is %s; %s"
                .formatted(where, PickleArguments.kind(items.get(i)), Pickle.SAVE_WEIGHTS));
      } else if (items.get(i) instanceof String name && chosen.path().length() > 0) {
        left.add(name);
      }
    }
    if (!left.isEmpty()) {
      notes.add("left out %s, which are no tensors".formatted(Selection.first(left)));
    }
    return tensors;
  }

  private static String describe(Object value) {
    if (!(value instanceof Dict dict)) {
      return PickleArguments.kind(value);
    }
    return Stream.iterate(0, i -> i < dict.items().size(), i -> i + 2)
        .limit(MOST_NAMES_SHOWN)
        .map(i -> dict.items().get(i) instanceof String name ? name : "…")
        .collect(Collectors.joining(", ", "one of [", "]"));
  }
}
