package org.resnet4j.benchmarks.baselines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadTest {
  @Test
  void workloadsRoundTripThroughTheirIds() {
    for (Workload workload : Workload.ALL) {
      assertThat(Workload.parse(workload.id())).isEqualTo(workload);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "flying:resnet50:8, expected WORK:MODEL:BATCH",
    "inference:resnet50, expected WORK:MODEL:BATCH",
    "inference:resnet50:many, expected WORK:MODEL:BATCH",
    "inference:resnet51:8, resnet50",
    "training:resnet50:0, expected 1 or more but was 0"
  })
  void malformedWorkloadIdIsRefused(String id, String because) {
    assertThatThrownBy(() -> Workload.parse(id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(because);
  }
}
