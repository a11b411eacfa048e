/** Residual architectures as data; the package depends on {@code java.base} alone. */
@NullMarked
package org.resnet4j.arch;

import org.jspecify.annotations.NullMarked;
