package org.resnet4j.weightfile.torch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.pickle.Pickle;
import org.resnet4j.weightfile.pickle.PickleArguments;
import org.resnet4j.weightfile.pickle.PickleValue.Dict;
import org.resnet4j.weightfile.pickle.PickleValue.StridedTensor;

/** Finds the named tensors in an object that a training script saved. */
final class StateDict {
  /** The keys, in this order, under which scripts save the trained weights. */
  private static final List<String> TRAINED =
      List.of(
          "state_dict",
          "model_state_dict",
          "model",
          "net",
          "network",
          "module",
          "weights",
          "params");

  /**
   * The keys under which timm, YOLO, torchvision's references and BasicSR save a moving average of
   * the weights.
   */
  private static final List<String> AVERAGED =
      List.of(
          "state_dict_ema",
          "model_ema",
          "ema_state_dict",
          "model_ema_state_dict",
          "ema",
          "params_ema");

  private static final int MOST_WRAPPERS = 8;
  private static final int MOST_NAMES_SHOWN = 10;

  private StateDict() {}

  static Map<String, StridedTensor> find(String where, Object root, Copy copy)
      throws WeightFileException {
    Object inner = root;
    boolean searching = copy == Copy.AVERAGED;
    for (int i = 0; i < MOST_WRAPPERS && inner instanceof Dict dict; i++) {
      Dict averaged = first(dict, AVERAGED);
      Dict next = searching && averaged != null ? averaged : first(dict, TRAINED);
      if (next == null && !holdsTensors(dict)) {
        next = averaged;
      }
      if (next == null) {
        break;
      }
      searching &= next != averaged;
      inner = next;
    }
    if (searching) {
      throw new WeightFileException(
          "%s: expected averaged weights under one of %s but there are none; take the trained ones"
              .formatted(where, AVERAGED));
    }
    Map<String, StridedTensor> tensors = tensors(where, inner);
    if (tensors.isEmpty()) {
      throw new WeightFileException(
          "%s: expected a dictionary of tensors but it is %s; %s"
              .formatted(where, describe(inner), Pickle.SAVE_WEIGHTS));
    }
    return tensors;
  }

  private static @Nullable Dict first(Dict dict, List<String> names) {
    for (String name : names) {
      if (dict.get(name) instanceof Dict inner && (holdsTensors(inner) || isWrapper(inner))) {
        return inner;
      }
    }
    return null;
  }

  private static boolean holdsTensors(Dict dict) {
    return dict.items().stream().anyMatch(StridedTensor.class::isInstance);
  }

  private static boolean isWrapper(Dict dict) {
    return Stream.concat(TRAINED.stream(), AVERAGED.stream())
        .anyMatch(name -> dict.get(name) instanceof Dict);
  }

  private static Map<String, StridedTensor> tensors(String where, Object value)
      throws WeightFileException {
    Map<String, StridedTensor> tensors = new LinkedHashMap<>();
    if (value instanceof Dict dict) {
      for (int i = 0; i < dict.items().size(); i += 2) {
        if (!(dict.items().get(i + 1) instanceof StridedTensor tensor)) {
          continue;
        }
        if (!(dict.items().get(i) instanceof String name)) {
          throw new WeightFileException(
              "%s: expected names of tensors but one is %s; %s"
                  .formatted(
                      where, PickleArguments.kind(dict.items().get(i)), Pickle.SAVE_WEIGHTS));
        }
        tensors.put(name, tensor);
      }
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
