/** Updater, schedules, recipes and the training loop. */
@NullMarked
package org.resnet4j.train;

import org.jspecify.annotations.NullMarked;
