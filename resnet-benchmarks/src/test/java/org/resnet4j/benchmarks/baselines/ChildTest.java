package org.resnet4j.benchmarks.baselines;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.resnet4j.onednn.Precision;
import org.resnet4j.support.Json;

class ChildTest {
  private static final Measurement MEASURED = new Measurement("baseline 1", "NCHW", 12.5, 3, 100);

  @Test
  void outcomeIsReadFromTheMarkedLineAmongOtherOutput() throws Exception {
    String line = Worker.MARK + Json.line(Outcome.of(MEASURED));
    assertThat(Child.outcome(List.of("banner", line), List.of(), 0))
        .isEqualTo(Outcome.of(MEASURED));
  }

  @Test
  void crashedProcessIsReportedAsSkippedWithItsLastErrorLine() throws Exception {
    assertThat(Child.outcome(List.of(), List.of("Error: no main class", "at"), 1).reason())
        .isEqualTo("ended with status 1: Error: no main class");
    assertThat(Child.outcome(List.of(), List.of(), 139).reason())
        .isEqualTo("ended with status 139: ");
  }

  @Test
  void jobRoundTripsThroughJson() throws Exception {
    Job job = new Job(Work.TRAINING, "resnet18", 8, Precision.BF16, 4, 2, "folder");
    assertThat(Json.read(Json.line(job), Job.class)).isEqualTo(job);
  }
}
