/** Reads and writes NumPy's .npy files and reads .npz archives. */
@NullMarked
package org.resnet4j.weightfile.npy;

import org.jspecify.annotations.NullMarked;
