package org.resnet4j.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.benchmarks.baselines.Engine;
import org.resnet4j.benchmarks.baselines.Measurement;
import org.resnet4j.benchmarks.baselines.Outcome;
import org.resnet4j.benchmarks.baselines.Score;
import org.resnet4j.benchmarks.baselines.Work;
import org.resnet4j.benchmarks.baselines.Workload;
import org.resnet4j.run.Environment;
import org.w3c.dom.Document;

class ResultsTest {
  private static final Workload WORKLOAD = new Workload(Work.INFERENCE, "resnet50", 8);
  private static final Machine MACHINE =
      new Machine(
          new Environment("r", "d", "17", "Linux", "A CPU", 2, 16, "CpuBackend"),
          List.of("avx512f", "amx_tile"));
  private static final List<Score> SCORES =
      List.of(
          score("ours-fp32", 24, 20, 22),
          score("onnxruntime", 21, 20, 19),
          new Score(
              WORKLOAD,
              Engine.byId("djl-fp32"),
              List.of(new Outcome(null, "no natives <here> | there"))),
          score("roofline-fp32", 25));

  @Test
  void tableListsMediansRangesAndRatios() {
    String page = new Results(MACHINE, SCORES, 3, 4, 2).markdown();
    assertThat(page)
        .contains("| **resnet4j** | fp32 | 22.0 (20.0–24.0) |  | 0.88 | 700 | any |")
        .contains("| ONNX Runtime | fp32 | 20.0 (19.0–21.0) | 1.10 × | 0.80 | 700 | any |")
        .contains("| PyTorch in DJL | fp32 |  |  |  |  | skipped: no natives <here> \\| there |")
        .contains("| oneDNN roofline | fp32 | 25.0 (25.0–25.0) | 0.88 × |  | 700 | any |")
        .contains("A CPU, 2 cores, 16.0 GB, avx512f amx_tile (AMX: yes)");
  }

  @Test
  void eachKindOfCpuHasAPage(@TempDir Path folder) throws IOException {
    Results wide = new Results(MACHINE, SCORES, 3, 4, 2);
    Machine small = new Machine(MACHINE.environment(), List.of("avx2", "fma"));
    assertThat(wide.write(folder)).endsWith("benchmarks-avx512.svg");
    assertThat(new Results(small, SCORES, 3, 4, 2).write(folder)).endsWith("benchmarks-avx2.svg");
    assertThat(wide.write(folder))
        .contains("benchmarks-avx512.svg, in place of figures of A CPU, 2 cores, 16.0 GB, avx512f");
    assertThat(folder.resolve("benchmarks-avx2.md"))
        .content()
        .contains("A CPU, 2 cores, 16.0 GB, avx2 fma", "(benchmarks-avx2.svg)");
  }

  @Test
  void chartIsXmlWithOneBarPerMeasurementAndOneLinePerRoofline() throws Exception {
    Document chart = parsed(BarChart.of(SCORES));
    assertThat(chart.getElementsByTagName("rect").getLength()).isEqualTo(1 + 2);
    assertThat(chart.getElementsByTagName("line").getLength()).isEqualTo(1);
  }

  @Test
  void lineChartOmitsMissingMeasurements() throws Exception {
    Engine engine = Engine.byId("ours-fp32");
    List<Score> measured =
        Curves.WORKLOADS.stream()
            .filter(workload -> workload.batch() > 1)
            .map(workload -> of(workload, engine, 24))
            .toList();
    Document chart = parsed(new Curves(MACHINE, measured, List.of()).chart());
    assertThat(chart.getElementsByTagName("circle").getLength()).isEqualTo(6 + 5);
  }

  @Test
  void conditionsAreComparedWithTheCurves() {
    Engine engine = Engine.byId("ours-fp32");
    List<Score> whole = List.of(of(Curves.CONDITIONED.get(1), engine, 24));
    List<Score> single = List.of(of(Curves.CONDITIONED.get(1), engine, 18));
    List<Curves.Condition> conditions = List.of(new Curves.Condition("1 thread", single));

    assertThat(new Curves(MACHINE, whole, conditions).markdown())
        .contains("| resnet50, batch 8 | 1 thread | fp32 | 18.0 | 0.75");
  }

  private static Score of(Workload workload, Engine engine, double speed) {
    return new Score(workload, engine, score(engine.id(), speed).outcomes());
  }

  private static Score score(String engine, double... speeds) {
    return new Score(
        WORKLOAD,
        Engine.byId(engine),
        DoubleStream.of(speeds)
            .mapToObj(speed -> new Outcome(new Measurement("p 1", "any", speed, 5, 700), null))
            .toList());
  }

  private static Document parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }
}
