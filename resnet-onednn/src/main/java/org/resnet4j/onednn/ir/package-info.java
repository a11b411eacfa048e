/** Describes what is computed, with shapes, independent of layouts and primitives. */
@NullMarked
package org.resnet4j.onednn.ir;

import org.jspecify.annotations.NullMarked;
