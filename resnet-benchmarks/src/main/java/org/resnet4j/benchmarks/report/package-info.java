/** Results as a table and as pictures. */
@NullMarked
package org.resnet4j.benchmarks.report;

import org.jspecify.annotations.NullMarked;
