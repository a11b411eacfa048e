package org.resnet4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A record inside a zip is validated like the rest of it. */
class CheckpointTest {
  @TempDir Path folder;

  @Test
  void malformedRecordsAreRefusedByFileAndEntry() throws IOException {
    String good =
        Toy.training(Toy.setup(Toy.RECIPE.lasting(1), 3))
            .run(folder.resolve("run"))
            .record()
            .toJson();
    assertThat(Checkpoint.record(zip(good))).isNotNull();
    for (String json :
        List.of(
            "null",
            "[]",
            "{}",
            "1",
            "",
            "[".repeat(100_000),
            good.replaceFirst("\"setup\"", "\"setups\""),
            good.replaceFirst("\"recipe\"", "\"recipes\""),
            good.replaceFirst("\"stats\"", "\"stat\""),
            good.replaceFirst("\"best\" : 1", "\"best\" : 2"),
            good.replaceFirst("\"best\" : 1", "\"best\" : -1"),
            good.replaceFirst("\"started\" : \"2026", "\"started\" : \"20x6"),
            good.replaceFirst("\"ended\" : \"2026", "\"ended\" : \"20x6"),
            good.replaceFirst("\"balance\" : \"NONE\"", "\"balance\" : \"ALL\""),
            good.replaceFirst("\"classWeights\" : \\{ }", "\"classWeights\" : { \"a\" : 1 }"),
            good.replaceFirst("\"patience\" : 0", "\"patience\" : -1"),
            good.replaceFirst("\"notes\" : \\[ ]", "\"notes\" : [ null ]"),
            good.replaceFirst("\"environment\"", "\"environments\""),
            good.replaceFirst("\"depths\" : \\[[^]]*]", "\"depths\" : [ 1048576 ]"),
            "{\"epochs\":[" + "{},".repeat((1 << 21) + 1) + "{}]}")) {
      Path file = zip(json);
      assertThatIOException()
          .as(json.substring(0, Math.min(80, json.length())))
          .isThrownBy(() -> Checkpoint.record(file))
          .withMessageStartingWith(file + ": resnet4j-run.json: expected the record of a run");
    }
  }

  @Test
  void zipWithoutARecordHasNoRunRecord() throws IOException {
    assertThat(Checkpoint.findRecord(empty())).isEmpty();
  }

  private Path zip(String record) throws IOException {
    Path file = folder.resolve("model.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("resnet4j-run.json"));
      zip.write(record.getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }

  private Path empty() throws IOException {
    Path file = folder.resolve("none.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("other"));
    }
    return file;
  }
}
