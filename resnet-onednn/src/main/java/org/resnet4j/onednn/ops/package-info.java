/**
 * The operations: each file reads one from Deeplearning4j, checks its shapes and emits its steps.
 */
@NullMarked
package org.resnet4j.onednn.ops;

import org.jspecify.annotations.NullMarked;
