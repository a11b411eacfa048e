package org.resnet4j.weightfile;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** A fuzz test of the pickle in a zip with valid storages. */
class TorchPickleFuzzTest {
  private static final String PICKLE = "archive/data.pkl";

  @MethodSource("seeds")
  @FuzzTest
  void anyBytesAreReadOrRefused(byte[] pickle) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put(PICKLE, pickle);
    for (int i = 0; i < 4; i++) {
      entries.put("archive/data/" + i, new byte[512]);
    }
    FuzzTarget.read(Hostile.zip(entries));
  }

  static Stream<byte[]> seeds() {
    return FuzzTarget.seeds(
            HostileTorchTest.files(),
            "torch_zip_2.bin",
            "torch_zip_4.bin",
            "torch_wrapped.bin",
            "torch_metadata.bin",
            "torch_nested.bin",
            "torch_whole_module.bin",
            "torch_v3.bin")
        .flatMap(TorchPickleFuzzTest::pickle);
  }

  private static Stream<byte[]> pickle(byte[] zip) {
    try {
      return Stream.ofNullable(TruncationTest.entries(zip).get(PICKLE));
    } catch (IOException e) {
      return Stream.empty();
    }
  }
}
