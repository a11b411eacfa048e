package org.resnet4j.onednn.ir;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A view of the network's parameters.
 *
 * @param value in the network's own memory
 * @param gradient the same place in the flattened gradients; null when it is not trained
 */
public record Parameter(INDArray value, @Nullable INDArray gradient) {}
