package org.resnet4j.report;

import static java.util.Comparator.comparingInt;
import static org.resnet4j.report.Html.escape;
import static org.resnet4j.report.Html.number;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.resnet4j.run.EvaluationResult;

/** The confusion matrix in the report. */
final class ConfusionTable {
  /** The number of classes above which the report lists the most confused pairs instead. */
  private static final int MOST_CLASSES = 30;

  private static final int PAIRS = 15;
  private static final double STRONG = 0.55;

  private final EvaluationResult result;

  ConfusionTable(EvaluationResult result) {
    this.result = result;
  }

  String html() {
    return (result.classes().size() > MOST_CLASSES ? "" : table()) + pairs();
  }

  private String table() {
    String head = Html.join(names().map(name -> "<th><span>" + escape(name) + "</span></th>"));
    String body = Html.join(indices().mapToObj(this::row));
    return """
        <p class="small soft">Rows are true classes, columns predictions.</p>
        <div class="scroll"><table class="confusion"><thead><tr><th></th>%s</tr></thead>
        <tbody>%s</tbody></table></div>
        """
        .formatted(head, body);
  }

  private String row(int actual) {
    int examples = Math.max(1, result.classes().get(actual).examples());
    return "<tr><th>"
        + escape(result.classes().get(actual).name())
        + "</th>"
        + Html.join(
            indices()
                .mapToObj(
                    predicted -> cell(count(actual, predicted), examples, actual == predicted)))
        + "</tr>";
  }

  private static String cell(int count, int examples, boolean right) {
    if (count == 0) {
      return "<td class=\"none\">·</td>";
    }
    // The square root keeps small differences between rare mistakes visible.
    double share = count / (double) examples;
    double shade = right ? 0.85 * share : Math.min(0.85, Math.sqrt(share));
    return number(
        "<td class=\"%s%s\" style=\"--share:%.2f\">%d</td>",
        right ? "right" : "wrong", shade > STRONG ? " strong" : "", shade, count);
  }

  private String pairs() {
    List<int[]> worst =
        indices()
            .boxed()
            .flatMap(
                a ->
                    indices()
                        .filter(p -> p != a && count(a, p) > 0)
                        .mapToObj(p -> new int[] {a, p}))
            .sorted(comparingInt((int[] pair) -> -count(pair[0], pair[1])))
            .limit(result.classes().size() > MOST_CLASSES ? PAIRS : 3)
            .toList();
    if (worst.isEmpty()) {
      return "<p>No errors.</p>";
    }
    String sentences =
        Html.join(
            worst.stream()
                .map(
                    pair ->
                        "<li>%s × %s predicted as %s</li>"
                            .formatted(count(pair[0], pair[1]), name(pair[0]), name(pair[1]))));
    return "<p class=\"small soft\" style=\"margin:16px 0 4px\">Most frequent confusions</p><ul class=\"small\" style=\"margin:0\">%s</ul>"
        .formatted(sentences);
  }

  private String name(int index) {
    return escape(result.classes().get(index).name());
  }

  private Stream<String> names() {
    return result.classes().stream().map(EvaluationResult.ClassResult::name);
  }

  private IntStream indices() {
    return IntStream.range(0, result.classes().size());
  }

  private int count(int actual, int predicted) {
    return result.confusion().get(actual).get(predicted);
  }
}
