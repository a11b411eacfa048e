package org.resnet4j.arch;

/** What a network ends in. */
public enum HeadKind {
  /** Global average pooling, a dense layer and softmax: {@code [N, classes]}. */
  CLASSIFIER,
  /** Global average pooling alone: {@code [N, C]}. */
  FEATURES,
  /** Nothing: what the last block puts out, {@code [N, C, H, W]}. */
  NONE
}
