package org.resnet4j.weightfile;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class TorchLegacyFuzzTest {
  @MethodSource("seeds")
  @FuzzTest
  void anyBytesAreReadOrRefused(byte[] bytes) throws IOException {
    FuzzTarget.read(bytes);
  }

  static Stream<byte[]> seeds() {
    return FuzzTarget.seeds(
        HostileTorchTest.legacy(),
        "torch_legacy_2.bin",
        "torch_legacy_4.bin",
        "torch_wrapped_legacy.bin");
  }
}
