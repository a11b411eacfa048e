package org.resnet4j.weights;

import java.util.List;
import org.resnet4j.support.ForeignText;

/**
 * The outcome of loading a file's tensors into a network.
 *
 * @param source the file
 * @param naming name of its key mapping
 * @param loaded tensors that became parameters, by their names in the file
 * @param missing tensors that the network has a parameter for but the file lacks
 * @param unexpected tensors of the file that belong to no parameter
 * @param absorbed one sentence for each feature of the file's network that was folded into the
 *     parameters without changing the function
 * @param changed one sentence for each difference from the file, such as a fresh classifier or
 *     other input channels
 * @param notes one sentence for each choice among the file's tensors, such as the weights that were
 *     taken of several, and what was left out
 */
public record LoadReport(
    String source,
    String naming,
    List<String> loaded,
    List<String> missing,
    List<String> unexpected,
    List<String> absorbed,
    List<String> changed,
    List<String> notes) {
  public LoadReport {
    loaded = List.copyOf(loaded);
    missing = List.copyOf(missing);
    unexpected = List.copyOf(unexpected);
    absorbed = List.copyOf(absorbed);
    changed = List.copyOf(changed);
    notes = List.copyOf(notes);
  }

  /** Returns whether the network computes the same function as the file's network. */
  public boolean isComplete() {
    return missing.isEmpty() && unexpected.isEmpty() && changed.isEmpty();
  }

  /** Returns the report for people, one line for each fact. */
  public String describe() {
    StringBuilder text =
        new StringBuilder(
            "%s: %s tensors loaded, names of %s"
                .formatted(ForeignText.printable(source), loaded.size(), naming));
    append(text, "missing", missing);
    append(text, "unexpected", unexpected);
    notes.forEach(line -> text.append("\n  ").append(ForeignText.printable(line)));
    absorbed.forEach(line -> text.append("\n  ").append(ForeignText.printable(line)));
    changed.forEach(line -> text.append("\n  ").append(ForeignText.printable(line)));
    return text.toString();
  }

  private static void append(StringBuilder text, String what, List<String> names) {
    if (!names.isEmpty()) {
      text.append(
          "\n  %s %s: %s".formatted(names.size(), what, ForeignText.printable(first(names))));
    }
  }

  /** Returns the first few names. */
  static String first(List<String> names) {
    int most = 5;
    return names.size() <= most
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, most)) + ", …";
  }
}
