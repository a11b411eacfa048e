/** The passes that simplify a program. */
@NullMarked
package org.resnet4j.onednn.passes;

import org.jspecify.annotations.NullMarked;
