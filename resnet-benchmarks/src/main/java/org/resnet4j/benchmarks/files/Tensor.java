package org.resnet4j.benchmarks.files;

/** A parameter as PyTorch names and lays it out: {@code values} in c order of {@code shape}. */
record Tensor(String name, int[] shape, float[] values) {}
