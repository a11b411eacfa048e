/** Builds Deeplearning4j graphs from plans of architectures. */
@NullMarked
package org.resnet4j.network;

import org.jspecify.annotations.NullMarked;
