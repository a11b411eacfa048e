/**
 * Trained parameters from other programs' files: what a file holds, and how it becomes a network's.
 */
@NullMarked
package org.resnet4j.weights;

import org.jspecify.annotations.NullMarked;
