/** The training loop, checkpoints and the record of a run. */
@NullMarked
package org.resnet4j.training;

import org.jspecify.annotations.NullMarked;
