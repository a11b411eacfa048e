package org.resnet4j.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class RunRecordFuzzTest {
  /** A record that is read is written and read back equal; others are refused in a sentence. */
  @MethodSource("seeds")
  @FuzzTest
  void anyBytesAreReadOrRefused(byte[] bytes) throws IOException {
    RunRecord record;
    try {
      record = RunRecord.parse("run.json", bytes);
    } catch (IOException refusal) {
      assertThat(refusal).hasMessageStartingWith("run.json: expected the record of a run but: ");
      assertThat(refusal.getMessage()).doesNotContainPattern("\\p{Cntrl}");
      return;
    }
    assertThat(RunRecord.parse("run.json", record.toJson().getBytes(UTF_8))).isEqualTo(record);
  }

  static Stream<byte[]> seeds() throws IOException {
    byte[] old = OldArchitectureTest.bytes("run-of-nineteen-fields.json");
    RunRecord record = RunRecord.parse("run.json", old);
    return Stream.of(old, record.toJson().getBytes(UTF_8), "{}".getBytes(UTF_8));
  }
}
