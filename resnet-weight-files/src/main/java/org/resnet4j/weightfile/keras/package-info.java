/** Reads the weights in files of Keras. */
@NullMarked
package org.resnet4j.weightfile.keras;

import org.jspecify.annotations.NullMarked;
