/** Binds tensors of weight files to the parameters of a network. */
@NullMarked
package org.resnet4j.weights;

import org.jspecify.annotations.NullMarked;
