package org.resnet4j.model;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

/** A fuzz test of model zips as bytes: headers, directory, compressed data. */
class ModelBytesFuzzTest {
  @MethodSource("seeds")
  @FuzzTest
  void anyBytesAreReadOrRefused(byte[] bytes) {
    ModelFuzzTarget.read(bytes);
  }

  static Stream<byte[]> seeds() {
    return Stream.concat(
        Stream.of(DataType.FLOAT, DataType.DOUBLE)
            .map(type -> ModelEntries.of(ModelEntries.network(type)).zip()),
        StoredArrayTest.HOSTILE.stream().map(StoredArrayTest::hostile));
  }
}
