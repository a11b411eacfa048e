package org.resnet4j.weightfile;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.weightfile.hdf5.MalformedHdf5;

class KerasHdf5FuzzTest {
  @MethodSource("seeds")
  @FuzzTest
  void anyBytesAreReadOrRefused(byte[] bytes) throws IOException {
    FuzzTarget.read(bytes);
  }

  static Stream<byte[]> seeds() {
    return FuzzTarget.seeds(
        MalformedHdf5.cases().map(one -> new Hostile(one.name(), one.file(), one.sentence())),
        "/keras/applications.h5",
        "/keras/model.h5",
        "/keras/strings.h5",
        "/keras/latest.h5",
        "/keras/links.h5",
        "/keras/heap.h5",
        "/keras/named.weights.h5",
        "/keras/types.weights.h5",
        "/keras/userblock.h5");
  }
}
