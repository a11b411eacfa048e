package org.resnet4j.arch;

/** The kind of layers at the end of a network. */
public enum HeadKind {
  /** A head of global average pooling, a dense layer and softmax: {@code [N, classes]}. */
  CLASSIFIER,
  /** A head of global average pooling alone: {@code [N, C]}. */
  FEATURES,
  /** A network without a head; the output is the last block's, {@code [N, C, H, W]}. */
  NONE
}
