/** How fast oneDNN's primitives are one by one: what no engine built on them can pass. */
@NullMarked
package org.resnet4j.benchmarks.bound;

import org.jspecify.annotations.NullMarked;
