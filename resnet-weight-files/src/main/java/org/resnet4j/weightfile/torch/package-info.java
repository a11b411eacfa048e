/** Reads checkpoints saved by PyTorch. */
@NullMarked
package org.resnet4j.weightfile.torch;

import org.jspecify.annotations.NullMarked;
