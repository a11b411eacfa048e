/** Writes networks as ONNX files. */
@NullMarked
package org.resnet4j.export;

import org.jspecify.annotations.NullMarked;
