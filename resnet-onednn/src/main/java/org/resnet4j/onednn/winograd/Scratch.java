package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.winograd.VectorKernels.LANES;
import static org.resnet4j.onednn.winograd.VectorKernels.VECTOR;

import org.bytedeco.javacpp.FloatPointer;

/** Native memory of vectors, zeros at first. Each lies in a cache line of its own. */
final class Scratch {
  private final FloatPointer memory;

  Scratch(int vectors) {
    memory = new FloatPointer(new float[(vectors + 1) * LANES]);
  }

  void close() {
    memory.close();
  }

  /** Of the first vector. */
  long address() {
    return (memory.address() + VECTOR - 1) / VECTOR * VECTOR;
  }
}
