/** Writes results as tables and charts. */
@NullMarked
package org.resnet4j.benchmarks.report;

import org.jspecify.annotations.NullMarked;
