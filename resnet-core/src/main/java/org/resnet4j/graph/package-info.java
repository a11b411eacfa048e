/** Architectures as Deeplearning4j graphs. */
@NullMarked
package org.resnet4j.graph;

import org.jspecify.annotations.NullMarked;
