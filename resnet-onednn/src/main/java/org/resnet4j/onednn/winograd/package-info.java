/** Winograd transformations on vectors of the CPU: the one package that needs the Vector API. */
@NullMarked
package org.resnet4j.onednn.winograd;

import org.jspecify.annotations.NullMarked;
