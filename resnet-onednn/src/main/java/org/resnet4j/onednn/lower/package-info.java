/** Translates a Deeplearning4j graph into a program, and simplifies it by passes. */
@NullMarked
package org.resnet4j.onednn.lower;

import org.jspecify.annotations.NullMarked;
