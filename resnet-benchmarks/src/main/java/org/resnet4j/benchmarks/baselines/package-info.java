/** Runs resnet4j, its baselines and the primitive roofline, each in its own process. */
@NullMarked
package org.resnet4j.benchmarks.baselines;

import org.jspecify.annotations.NullMarked;
