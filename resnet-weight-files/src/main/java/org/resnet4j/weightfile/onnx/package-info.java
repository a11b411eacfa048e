/** Reads the initialisers of ONNX models and writes protocol-buffers messages. */
@NullMarked
package org.resnet4j.weightfile.onnx;

import org.jspecify.annotations.NullMarked;
