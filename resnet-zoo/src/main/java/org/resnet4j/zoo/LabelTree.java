package org.resnet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads labels from a tree of lists, maps, strings and numbers. */
final class LabelTree {
  /** The fields of a Hugging Face or timm configuration that hold labels. */
  private static final List<String> FIELDS = List.of("id2label", "label_names", "label2id");

  private LabelTree() {}

  /** Returns the names in the order of their numbers, or of the list. */
  static List<String> names(Object tree) throws LabelException {
    List<String> names = tree instanceof Map<?, ?> map ? ofMap(map) : ofList((List<?>) tree);
    if (names.isEmpty()) {
      throw new LabelException("expected names of classes but there are none");
    }
    return names;
  }

  private static List<String> ofList(List<?> list) throws LabelException {
    List<String> names = new ArrayList<>();
    for (Object entry : list) {
      names.add(name(names.size(), entry));
    }
    return List.copyOf(names);
  }

  private static List<String> ofMap(Map<?, ?> map) throws LabelException {
    for (String field : FIELDS) {
      Object inner = map.get(field);
      if (inner instanceof Map<?, ?> || inner instanceof List<?>) {
        return names(inner);
      }
    }
    boolean toNumbers =
        !map.isEmpty()
            && map.values().stream().allMatch(Number.class::isInstance)
            && map.keySet().stream().allMatch(String.class::isInstance);
    String[] names = new String[map.size()];
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      Object label = toNumbers ? entry.getKey() : entry.getValue();
      int number = number(toNumbers ? entry.getValue() : entry.getKey(), names.length);
      if (names[number] != null) {
        throw new LabelException(
            "expected each number once but %s is there twice; correct it".formatted(number));
      }
      names[number] = name(number, label);
    }
    return List.of(names);
  }

  private static int number(Object key, int count) throws LabelException {
    String text = String.valueOf(key).strip();
    if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) >= count) {
      throw new LabelException(
          "expected numbers from 0 to %s, each once, but there is %s; number the classes from 0"
              .formatted(count - 1, shown(key)));
    }
    return Integer.parseInt(text);
  }

  /** Returns a name; of Keras's WordNet id and name, the name. */
  private static String name(int number, Object label) throws LabelException {
    Object last =
        label instanceof List<?> parts && !parts.isEmpty() ? parts.get(parts.size() - 1) : label;
    if (!(last instanceof String name) || name.isBlank()) {
      throw new LabelException(
          "class %s: expected a name but was %s; write it as text".formatted(number, shown(label)));
    }
    return name.strip();
  }

  private static String shown(Object value) {
    String text = String.valueOf(value);
    return "\"" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "\"";
  }
}
