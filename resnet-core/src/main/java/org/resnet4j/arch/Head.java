package org.resnet4j.arch;

/** What a network ends in. */
public enum Head {
  /** Global average pooling, a dense layer and softmax: {@code [N, classes]}. */
  CLASSIFIER,
  /** Global average pooling alone: {@code [N, C]}. */
  FEATURES
}
