/** Updaters and learning-rate schedules that Deeplearning4j lacks. */
@NullMarked
package org.resnet4j.train;

import org.jspecify.annotations.NullMarked;
