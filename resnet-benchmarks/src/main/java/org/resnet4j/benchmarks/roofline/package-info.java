/** Measures oneDNN's primitives one by one, for the primitive roofline. */
@NullMarked
package org.resnet4j.benchmarks.roofline;

import org.jspecify.annotations.NullMarked;
