package org.resnet4j.weightfile;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsFuzzTest {
  @MethodSource("seeds")
  @FuzzTest
  void anyBytesAreReadOrRefused(byte[] bytes) throws IOException {
    FuzzTarget.read(bytes);
  }

  static Stream<byte[]> seeds() {
    return FuzzTarget.seeds(
        HostileSafetensorsTest.files(),
        "safetensors.bin",
        "safetensors_floats.bin",
        "model.safetensors.index.json");
  }
}
