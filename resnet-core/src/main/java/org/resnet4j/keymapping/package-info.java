/** Key mappings: the names of a residual network's parameters in the files of other frameworks. */
@NullMarked
package org.resnet4j.keymapping;

import org.jspecify.annotations.NullMarked;
