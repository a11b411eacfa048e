/** Zip archives as weight files use them, and the first bytes of a file. */
@NullMarked
package org.resnet4j.weightfile.zip;

import org.jspecify.annotations.NullMarked;
