/** Reads and writes .npy files and reads .npz archives of NumPy. */
@NullMarked
package org.resnet4j.weightfile.npy;

import org.jspecify.annotations.NullMarked;
