/** Emits oneDNN primitives and JIT kernels, plans their memory and runs them. */
@NullMarked
package org.resnet4j.onednn.exec;

import org.jspecify.annotations.NullMarked;
