/** Layers, vertices and weight initialisers that Deeplearning4j lacks. */
@NullMarked
package org.resnet4j.graph;

import org.jspecify.annotations.NullMarked;
