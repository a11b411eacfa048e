/** Reads and writes safetensors files. */
@NullMarked
package org.resnet4j.weightfile.safetensors;

import org.jspecify.annotations.NullMarked;
