/** From a Deeplearning4j graph to a program, and the passes that make it smaller. */
@NullMarked
package org.resnet4j.onednn.lower;

import org.jspecify.annotations.NullMarked;
