/** Access to the vertex of a graph that an operation is read from. */
@NullMarked
package org.resnet4j.onednn.read;

import org.jspecify.annotations.NullMarked;
