package org.resnet4j.report;

import static org.resnet4j.report.Html.escape;
import static org.resnet4j.report.Html.number;
import static org.resnet4j.report.Html.percent;

import java.util.List;
import org.resnet4j.run.EvaluationResult;
import org.resnet4j.run.EvaluationResult.ClassResult;

/**
 * The figures of every class in the report. Where images have several labels, each label has its
 * average precision, too, which the bars show instead of F1.
 */
final class ClassTable {
  private static final String VALUE = "<td class=\"value\">%s</td>";

  private final List<ClassResult> classes;
  private final boolean multiLabel;

  ClassTable(EvaluationResult result) {
    classes = result.classes();
    multiLabel = result.multiLabel() != null;
  }

  String html() {
    return """
        <div class="scroll"><table class="rows wide">
        <thead><tr><th>%s</th><th class="value">images</th>%s<th class="value">precision</th><th class="value">recall</th><th class="value">F1</th><th></th></tr></thead>
        <tbody>%s</tbody></table></div>
        """
        .formatted(
            multiLabel ? "label" : "class",
            multiLabel ? "<th class=\"value\">average precision</th>" : "",
            Html.join(classes.stream().map(this::row)));
  }

  private String row(ClassResult of) {
    Double precision = of.averagePrecision();
    double share = multiLabel ? precision == null ? 0 : precision : of.f1();
    return "<tr><th>%s</th>".formatted(escape(of.name()))
        + VALUE.formatted(number("%,d", of.examples()))
        + (multiLabel ? VALUE.formatted(precision == null ? "–" : number("%.4f", precision)) : "")
        + VALUE.formatted(percent(of.precision()))
        + VALUE.formatted(percent(of.recall()))
        + VALUE.formatted(number("%.3f", of.f1()))
        + number("<td class=\"bar\"><div style=\"--share:%.3f\"></div></td></tr>", share);
  }
}
