/** Compiles a Deeplearning4j {@code ComputationGraph} into a oneDNN program for the CPU. */
@NullMarked
package org.resnet4j.onednn;

import org.jspecify.annotations.NullMarked;
