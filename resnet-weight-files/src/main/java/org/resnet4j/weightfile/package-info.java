/** Weight files of other programs, in and out: every reader gives {@code Tensors}. */
@NullMarked
package org.resnet4j.weightfile;

import org.jspecify.annotations.NullMarked;
