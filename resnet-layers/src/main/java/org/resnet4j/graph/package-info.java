/** Layers, vertices and weight initialisers for Deeplearning4j that it does not have itself. */
@NullMarked
package org.resnet4j.graph;

import org.jspecify.annotations.NullMarked;
