/** Reads HDF5 files. */
@NullMarked
package org.resnet4j.weightfile.hdf5;

import org.jspecify.annotations.NullMarked;
