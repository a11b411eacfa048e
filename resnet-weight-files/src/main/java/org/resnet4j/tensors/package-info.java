/** Tensors of a file, and the bytes, element types and errors that their readers share. */
@NullMarked
package org.resnet4j.tensors;

import org.jspecify.annotations.NullMarked;
