package org.resnet4j.weightfile;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** A fuzz test of whole zips. */
class ZipFuzzTest {
  @MethodSource("seeds")
  @FuzzTest
  void anyBytesAreReadOrRefused(byte[] bytes) throws IOException {
    FuzzTarget.read(bytes);
  }

  static Stream<byte[]> seeds() {
    return FuzzTarget.seeds(
        HostileZipTest.files(),
        "npz.bin",
        "npz_compressed.bin",
        "torch_zip_2.bin",
        "/keras/archive.keras",
        "/keras/deflated.keras");
  }
}
