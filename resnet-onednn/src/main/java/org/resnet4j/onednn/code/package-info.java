/** Generates machine code at run time (JIT kernels) where primitives are slow (docs/adr/0012). */
@NullMarked
package org.resnet4j.onednn.code;

import org.jspecify.annotations.NullMarked;
