/** Reads Python pickles without running them. */
@NullMarked
package org.resnet4j.weightfile.pickle;

import org.jspecify.annotations.NullMarked;
