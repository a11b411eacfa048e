package org.resnet4j.weightfile;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class NpyFuzzTest {
  @MethodSource("seeds")
  @FuzzTest
  void anyBytesAreReadOrRefused(byte[] bytes) throws IOException {
    FuzzTarget.read(bytes);
  }

  static Stream<byte[]> seeds() {
    return FuzzTarget.seeds(
        HostileZipTest.arrays(), "npy_1.bin", "npy_2.bin", "npy_3.bin", "npy_object.bin");
  }
}
