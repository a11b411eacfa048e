/** The record of a run: its setup, environment, epochs and predictions. */
@NullMarked
package org.resnet4j.run;

import org.jspecify.annotations.NullMarked;
