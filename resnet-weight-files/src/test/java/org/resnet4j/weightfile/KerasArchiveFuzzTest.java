package org.resnet4j.weightfile;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** A fuzz test of the configuration in an archive with valid weights. */
class KerasArchiveFuzzTest {
  private static final String CONFIGURATION = "config.json";
  private static final String WEIGHTS = "model.weights.h5";

  @MethodSource("seeds")
  @FuzzTest
  void anyBytesAreReadOrRefused(byte[] configuration) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put(CONFIGURATION, configuration);
    entries.put(WEIGHTS, FormulaGoldens.bytes("keras/nested.weights.h5"));
    FuzzTarget.read(Hostile.zip(entries));
  }

  static Stream<byte[]> seeds() throws IOException {
    byte[] golden =
        TruncationTest.entries(FormulaGoldens.bytes("keras/archive.keras")).get(CONFIGURATION);
    return Stream.concat(
        Stream.of(golden),
        MalformedKerasArchiveTest.configurations().map(text -> text.getBytes(UTF_8)));
  }
}
