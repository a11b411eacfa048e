/** Reads and writes weight files of other frameworks; every reader returns {@code Tensors}. */
@NullMarked
package org.resnet4j.weightfile;

import org.jspecify.annotations.NullMarked;
