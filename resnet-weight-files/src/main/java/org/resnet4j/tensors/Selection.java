package org.resnet4j.tensors;

import java.util.ArrayList;
import java.util.List;

/**
 * The choice of a network's tensors in a file.
 *
 * @param key path of the tensors in the file, such as {@code state_dict_ema}; empty if there is no
 *     choice
 * @param others paths of further weights in the file, which the caller can choose instead
 * @param notes one sentence for each part of the file that was left out or interpreted
 */
public record Selection(String key, List<String> others, List<String> notes) {
  /** The selection of a file that holds one network's tensors and nothing else. */
  public static final Selection WHOLE = new Selection("", List.of(), List.of());

  /** The largest number of names in a sentence. */
  private static final int MOST_NAMES = 5;

  public Selection {
    others = List.copyOf(others);
    notes = List.copyOf(notes);
  }

  /** Returns this selection with further notes. */
  public Selection with(List<String> more) {
    List<String> all = new ArrayList<>(notes);
    all.addAll(more);
    return new Selection(key, others, all);
  }

  /** Returns one sentence for each choice and each note. */
  public List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    if (!others.isEmpty()) {
      sentences.add(
          "took the weights %s; the file also has %s"
              .formatted(key.isEmpty() ? "at its top level" : "under " + key, first(others)));
    } else if (!key.isEmpty()) {
      sentences.add("took the weights under " + key);
    }
    sentences.addAll(notes);
    return sentences;
  }

  /** Returns the first few names, and how many there are if that is not all. */
  public static String first(List<String> names) {
    return names.size() <= MOST_NAMES
        ? String.join(", ", names)
        : "%s, … (%s in all)"
            .formatted(String.join(", ", names.subList(0, MOST_NAMES)), names.size());
  }
}
