/** Runs Deeplearning4j's parameter updates in one pass over the network's arrays. */
@NullMarked
package org.resnet4j.onednn.update;

import org.jspecify.annotations.NullMarked;
