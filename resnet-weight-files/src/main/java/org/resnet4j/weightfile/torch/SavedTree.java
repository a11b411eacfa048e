package org.resnet4j.weightfile.torch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.resnet4j.weightfile.pickle.PickleValue.Dict;
import org.resnet4j.weightfile.pickle.PickleValue.Foreign;
import org.resnet4j.weightfile.pickle.PickleValue.Sequence;
import org.resnet4j.weightfile.pickle.PickleValue.StridedTensor;

/**
 * The containers in a saved object, by their paths. A path joins string keys and positions by
 * points, such as {@code ema.state_dict} or {@code 0}. The state of optimisers is left out, and
 * there are limits on depth, number and length of keys, so that paths stay short.
 */
final class SavedTree {
  private static final int MOST_LEVELS = 6;
  private static final int MOST_CONTAINERS = 4096;
  private static final int MOST_KEY_CHARACTERS = 100;

  /** The keys whose tensors are not a network's. */
  private static final Pattern OTHER_STATE =
      Pattern.compile("(?i)(optim.*|.*_optim(izer)?|(lr_)?schedulers?)");

  /** The words of keys of a moving average of weights. */
  private static final Pattern AVERAGED =
      Pattern.compile("(?i)(.*[._-])?(ema|swa|avg|averaged?|averages)([._-].*)?");

  /**
   * A dictionary of tensors, or an object that contains some.
   *
   * @param matrices number of tensors with at least two axes
   * @param tensors number of all tensors
   */
  record Weights(String path, Object value, int matrices, int tensors) {
    /** Returns whether its path says that it is a moving average. */
    boolean isAveraged() {
      return AVERAGED.matcher(path).matches();
    }

    /** Returns whether the weights are readable: a dictionary, not an object. */
    boolean isDict() {
      return value instanceof Dict;
    }

    /** Returns whether it is at {@code place} or inside. */
    boolean isUnder(String place) {
      return place.isEmpty() || path.equals(place) || path.startsWith(place + ".");
    }
  }

  private final Map<String, Object> containers = new LinkedHashMap<>();
  private final List<Weights> weights = new ArrayList<>();
  private final Set<Object> visited = Collections.newSetFromMap(new IdentityHashMap<>());

  private final Set<Object> counted = Collections.newSetFromMap(new IdentityHashMap<>());

  SavedTree(Object root) {
    visitAll(root);
  }

  /** Returns the containers by path; the root's path is empty. */
  Map<String, Object> containers() {
    return containers;
  }

  /** Returns all weights at {@code place} or inside, the outer ones first. */
  List<Weights> under(String place) {
    return weights.stream().filter(next -> next.isUnder(place)).toList();
  }

  private void visitAll(Object root) {
    Deque<Place> open = new ArrayDeque<>(List.of(new Place("", root, 0)));
    while (!open.isEmpty() && containers.size() < MOST_CONTAINERS) {
      Place next = open.remove();
      if (containers.putIfAbsent(next.path(), next.value()) == null) {
        if (next.value() instanceof Dict dict) {
          add(next.path(), dict, new Count().ofValues(dict));
        } else if (next.value() instanceof Foreign object && !isTensor(object)) {
          add(next.path(), object, new Count().inside(object, counted));
        }
        if (next.level() < MOST_LEVELS && visited.add(next.value())) {
          open.addAll(inner(next));
        }
      }
    }
  }

  private static List<Place> inner(Place outer) {
    List<Place> inner = new ArrayList<>();
    if (outer.value() instanceof Dict dict) {
      for (int i = 0; i + 1 < dict.items().size() && inner.size() < MOST_CONTAINERS; i += 2) {
        if (isContainer(dict.items().get(i + 1))
            && dict.items().get(i) instanceof String key
            && key.length() <= MOST_KEY_CHARACTERS
            && !OTHER_STATE.matcher(key).matches()) {
          inner.add(outer.inner(key, dict.items().get(i + 1)));
        }
      }
    } else if (outer.value() instanceof Sequence sequence) {
      for (int i = 0; i < sequence.items().size() && inner.size() < MOST_CONTAINERS; i++) {
        if (isContainer(sequence.items().get(i))) {
          inner.add(outer.inner(Integer.toString(i), sequence.items().get(i)));
        }
      }
    }
    return inner;
  }

  private void add(String path, Object value, Count count) {
    if (count.tensors > 0) {
      weights.add(new Weights(path, value, count.matrices, count.tensors));
    }
  }

  private static boolean isContainer(Object value) {
    return value instanceof Dict || value instanceof Sequence || value instanceof Foreign;
  }

  /** Returns whether an object stands for a tensor of a kind that is not read. */
  static boolean isTensor(Foreign object) {
    String type = object.type();
    return isNumPy(object)
        || type.startsWith("torch._utils._rebuild_")
        || type.startsWith("torch.storage.")
        || (type.startsWith("torch.") && type.endsWith("Storage"));
  }

  /** Returns whether an object is an array of NumPy. */
  static boolean isNumPy(Foreign object) {
    return object.type().endsWith(".multiarray._reconstruct");
  }

  /** A container that is to be visited. */
  private record Place(String path, Object value, int level) {
    Place inner(String key, Object inside) {
      return new Place(path.isEmpty() ? key : path + "." + key, inside, level + 1);
    }
  }

  /** The number of tensors in a container. */
  private static final class Count {
    private int matrices;
    private int tensors;

    /** Counts the values of string keys. */
    Count ofValues(Dict dict) {
      for (int i = 0; i + 1 < dict.items().size(); i += 2) {
        if (dict.items().get(i) instanceof String) {
          add(dict.items().get(i + 1));
        }
      }
      return this;
    }

    /** Counts at any depth; each container counts once for all objects. */
    Count inside(Foreign root, Set<Object> counted) {
      Deque<Object> open = new ArrayDeque<>(List.of(root));
      while (!open.isEmpty()) {
        Object next = open.pop();
        if (next instanceof StridedTensor) {
          add(next);
        }
        if (isContainer(next) && counted.add(next)) {
          if (next instanceof Dict dict) {
            open.addAll(dict.items());
          } else if (next instanceof Sequence sequence) {
            open.addAll(sequence.items());
          } else if (next instanceof Foreign object) {
            open.addAll(object.arguments());
            open.addAll(object.state());
          }
        }
      }
      return this;
    }

    private void add(Object value) {
      if (value instanceof StridedTensor tensor) {
        tensors++;
        matrices += tensor.shape().length >= 2 ? 1 : 0;
      } else if (value instanceof Foreign object && isTensor(object)) {
        tensors++;
        matrices++;
      }
    }
  }
}
