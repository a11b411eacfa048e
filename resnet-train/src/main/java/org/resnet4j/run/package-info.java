/** What is known of a run: its setup, environment, epochs and what it predicts. */
@NullMarked
package org.resnet4j.run;

import org.jspecify.annotations.NullMarked;
