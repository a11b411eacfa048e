/** Updaters and learning-rate schedules for Deeplearning4j that it does not have itself. */
@NullMarked
package org.resnet4j.train;

import org.jspecify.annotations.NullMarked;
