package org.resnet4j.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class LineChartTest {
  @Test
  void ticksAreRoundNumbersAroundTheValues() {
    assertThat(LineChart.ticks(0, 1.93, 5, 0)).containsExactly(0, 0.5, 1, 1.5, 2);
    assertThat(LineChart.ticks(0.72, 0.94, 5, 0)[0]).isCloseTo(0.7, within(1e-9));
    assertThat(LineChart.ticks(1, 1, 8, 1)).containsExactly(1, 2);
    assertThat(LineChart.ticks(0, 0, 5, 0)[0]).isZero();
  }

  @Test
  void labelledPositionsAreEvenlySpaced() {
    List<LineChart.Point> points = List.of(new LineChart.Point(0, 3), new LineChart.Point(2, 10));
    LineChart.Line line = new LineChart.Line("ours", points);
    assertThat(LineChart.over("batch", List.of("1", "2", "64"), List.of(line)).svg("x=\"0\""))
        .startsWith("<svg viewBox=\"0 0 330 220\" x=\"0\">")
        .contains("<text x=\"40.0\" y=\"198\" text-anchor=\"middle\">1</text>")
        .contains("<text x=\"178.0\" y=\"198\" text-anchor=\"middle\">2</text>")
        .contains("<polyline class=\"ours\" points=\"40.0,129.6 316.0,12.0\"/>")
        .contains("<title>batch 64: 10</title>");
  }
}
