/** The contenders, each in a process of its own, and what they are measured on. */
@NullMarked
package org.resnet4j.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
