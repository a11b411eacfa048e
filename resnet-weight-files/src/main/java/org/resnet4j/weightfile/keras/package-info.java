/** Reads the weights in files saved by Keras. */
@NullMarked
package org.resnet4j.weightfile.keras;

import org.jspecify.annotations.NullMarked;
