/**
 * Computes Winograd's transforms on vectors of the CPU. {@code src/jdk17} has the part of this
 * package that needs the Vector API of JDK 17.
 */
@NullMarked
package org.resnet4j.onednn.winograd;

import org.jspecify.annotations.NullMarked;
