package org.resnet4j.weightfile.hdf5;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.resnet4j.tensors.StoredTensor;

/** Reads the sizes of the axes of a dataset or attribute, section IV.A.2.b of the specification. */
final class Hdf5Space {
  private Hdf5Space() {}

  static long[] read(Hdf5Bytes bytes, long address, ByteBuffer data) throws IOException {
    int start = data.position();
    if (data.remaining() < 4) {
      throw bytes.at(address, "expected a shape but %s bytes are left".formatted(data.remaining()));
    }
    int version = data.get(start);
    int rank = data.get(start + 1) & 0xff;
    int sizes = version == 1 ? 8 : 4;
    if (version != 1 && version != 2) {
      throw bytes.at(address, "expected a shape of version 1 or 2 but was " + version);
    }
    if (rank > StoredTensor.MOST_AXES || data.remaining() < sizes + Long.BYTES * rank) {
      throw bytes.at(
          address,
          "expected the sizes of %s axes but %s bytes are left".formatted(rank, data.remaining()));
    }
    if (version == 2 && data.get(start + 3) == 2) {
      return new long[] {0};
    }
    long[] shape = new long[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = data.getLong(start + sizes + Long.BYTES * i);
    }
    return shape;
  }
}
