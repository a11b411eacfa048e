package org.resnet4j.weightfile;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A fuzz test of ONNX initialisers and nodes; the folder contains no external data but the model
 * itself.
 */
class OnnxFuzzTest {
  @MethodSource("seeds")
  @FuzzTest
  void anyBytesAreReadOrRefused(byte[] bytes) throws IOException {
    FuzzTarget.read(bytes);
  }

  static Stream<byte[]> seeds() {
    return Stream.concat(
        FuzzTarget.seeds(Stream.empty(), "/onnx/initializers.onnx", "/onnx/external.onnx"),
        OnnxGraphTest.models());
  }
}
