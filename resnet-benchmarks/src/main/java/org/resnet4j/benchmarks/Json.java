package org.resnet4j.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.benchmarks.peers.Median;
import org.resnet4j.benchmarks.peers.Outcome;
import org.resnet4j.benchmarks.peers.Score;
import org.resnet4j.benchmarks.report.Machine;

/** What {@code --json} prints. */
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  /** The document. */
  record Document(Machine machine, List<Row> rows) {}

  /** One contender on one workload. */
  record Row(
      String workload,
      String contender,
      @Nullable Median imagesPerSecond,
      double peakMegabytes,
      List<Outcome> rounds) {
    static Row of(Score score) {
      return new Row(
          score.workload().id(),
          score.contender().id(),
          score.imagesPerSecond(),
          score.peakMegabytes(),
          score.outcomes());
    }
  }

  private Json() {}

  static String document(Machine machine, List<Score> scores) throws JsonProcessingException {
    return MAPPER.writeValueAsString(new Document(machine, scores.stream().map(Row::of).toList()));
  }
}
