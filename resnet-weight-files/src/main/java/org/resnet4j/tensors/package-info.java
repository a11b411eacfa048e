/** Tensors of a file and what readers of them share: bytes, element types, errors. */
@NullMarked
package org.resnet4j.tensors;

import org.jspecify.annotations.NullMarked;
