/** Reads zip archives of weight files, and the first bytes of a file. */
@NullMarked
package org.resnet4j.weightfile.zip;

import org.jspecify.annotations.NullMarked;
