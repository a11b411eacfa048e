package org.resnet4j.benchmarks.files;

/** A parameter with PyTorch's name and layout: {@code values} in c order of {@code shape}. */
record Tensor(String name, int[] shape, float[] values) {}
