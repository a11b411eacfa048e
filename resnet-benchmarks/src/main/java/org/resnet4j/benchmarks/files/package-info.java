/** Writes one network for every other program: ONNX, TorchScript, JSON with raw weights. */
@NullMarked
package org.resnet4j.benchmarks.files;

import org.jspecify.annotations.NullMarked;
