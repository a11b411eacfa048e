package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.winograd.VectorKernels.LANES;
import static org.resnet4j.onednn.winograd.VectorKernels.VECTOR;

import org.bytedeco.javacpp.FloatPointer;

/** Native memory for vectors, initially zeros. Each vector is aligned to a cache line. */
final class Scratch {
  private final FloatPointer memory;

  Scratch(int vectors) {
    memory = new FloatPointer(new float[(vectors + 1) * LANES]);
  }

  void close() {
    memory.close();
  }

  /** Returns the address of the first vector. */
  long address() {
    return (memory.address() + VECTOR - 1) / VECTOR * VECTOR;
  }
}
