package org.resnet4j.weights;

import java.util.List;
import org.resnet4j.support.ForeignText;

/**
 * What became of a file's tensors.
 *
 * @param source the file
 * @param naming whose names it has
 * @param loaded tensors that became parameters, by their names in the file
 * @param missing tensors that the network has a parameter for but the file lacks
 * @param unexpected tensors of the file that belong to no parameter
 * @param absorbed a sentence for each thing that the network does not have and that went into its
 *     parameters without changing what it computes
 * @param changed a sentence for each thing that is not as in the file: a fresh classifier, other
 *     input channels
 */
public record LoadReport(
    String source,
    String naming,
    List<String> loaded,
    List<String> missing,
    List<String> unexpected,
    List<String> absorbed,
    List<String> changed) {
  public LoadReport {
    loaded = List.copyOf(loaded);
    missing = List.copyOf(missing);
    unexpected = List.copyOf(unexpected);
    absorbed = List.copyOf(absorbed);
    changed = List.copyOf(changed);
  }

  /** Whether the network computes what the file's network does. */
  public boolean isComplete() {
    return missing.isEmpty() && unexpected.isEmpty() && changed.isEmpty();
  }

  /** In one line a fact, for people. */
  public String describe() {
    StringBuilder text =
        new StringBuilder(
            "%s: %s tensors loaded, names of %s"
                .formatted(ForeignText.printable(source), loaded.size(), naming));
    append(text, "missing", missing);
    append(text, "unexpected", unexpected);
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

  /** The first few names. */
  static String first(List<String> names) {
    int most = 5;
    return names.size() <= most
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, most)) + ", …";
  }
}
